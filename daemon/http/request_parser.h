#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/field_section.h"
#include "http/head_recall.h"
#include "http/request_head.h"

namespace demo {

// Finds and parses one request head in received bytes, with every check of RFC 9112 that keeps two parties
// from disagreeing about where a message ends. Pure; one a worker, used for one head at a time.
class RequestParser {
 public:
  explicit RequestParser(Recall recall = Recall::kNothing) : recall_(recall) {}

  // From now on CDN-Loop fields (RFC 8586) are searched for this name. Empty: they are not.
  void set_loop_name(std::string name);

  // bytes: everything received of this message so far, from its first byte; it may hold more than the head.
  // already_seen: how many of them an earlier call that said kIncomplete has seen, so that no byte is scanned
  // twice. kRejected as early as it is certain, which may be before the head is complete.
  ParseOutcome parse(std::string_view bytes, std::size_t already_seen = 0);

  // After kComplete; valid until the next parse(), and as long as the bytes and the parser are.
  const RequestHead& head() const { return head_; }
  // After kRejected.
  const Rejection& rejection() const { return rejection_; }

 private:
  ParseOutcome reject(const Rejection& rejection);
  ParseOutcome parse_partial(std::string_view message, std::size_t already_seen, bool at_limit);
  ParseOutcome parse_complete(std::string_view head_bytes);
  // Fills in what the fields say; why the request is refused, if it is.
  std::optional<Rejection> read_fields();

  HeadRecall recall_;
  std::string loop_name_;
  FieldSection section_;
  RequestHead head_;
  Rejection rejection_;
};

}  // namespace demo
