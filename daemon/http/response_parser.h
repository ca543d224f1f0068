#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "http/field_section.h"
#include "http/head_recall.h"
#include "http/response_head.h"

namespace demo {

// What the request a response answers says about it.
struct ResponseExpectation {
  Method method = Method::kGet;
  bool upgrade = false;  // the request asked for another protocol

  friend bool operator==(const ResponseExpectation&, const ResponseExpectation&) = default;
};

// Finds and parses one response head in bytes received from a backend, as strictly as RequestParser does for
// requests. Pure; one a worker, used for one head at a time.
class ResponseParser {
 public:
  explicit ResponseParser(Recall recall = Recall::kNothing) : recall_(recall) {}

  // bytes, already_seen: as for RequestParser::parse(). kRejected as early as it is certain, with status 502.
  ParseOutcome parse(std::string_view bytes, const ResponseExpectation& expectation,
                     std::size_t already_seen = 0);

  // After kComplete; valid until the next parse(), and as long as the bytes and the parser are.
  const ResponseHead& head() const { return head_; }
  // After kRejected.
  const Rejection& rejection() const { return rejection_; }

 private:
  ParseOutcome reject(std::string_view reason);
  ParseOutcome parse_complete(std::string_view head_bytes, const ResponseExpectation& expectation,
                              bool may_be_folded);
  // Reads the fields from lines; why the response is refused, if it is.
  std::optional<Rejection> read_fields(std::string_view lines, const ResponseExpectation& expectation);
  // The field lines with every line folding replaced by spaces.
  std::string_view unfolded(std::string_view lines);

  HeadRecall recall_;
  ResponseExpectation recalled_for_;
  FieldSection section_;
  ResponseHead head_;
  Rejection rejection_;
  std::array<char, limits::kHeadSizeBytes> unfolded_;
};

}  // namespace demo
