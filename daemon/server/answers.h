#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "config/traffic.h"
#include "http/date.h"
#include "server/body_file.h"
#include "server/canned_response.h"
#include "server/response_plan.h"

namespace demo {

// What server mode says: the configured response, heads for shaped ones, and the files that large bodies come
// from. One a worker, shared by all its sessions.
class Answers {
 public:
  explicit Answers(const Response& settings);

  // Replaces the response for every request from now on; bodies that are being sent finish unchanged.
  void set_response(const Response& settings);
  bool shaping() const { return settings_.shaping; }
  const CannedResponse& canned() const { return *canned_; }
  // For the Date field, as of the last refresh_date().
  std::string_view date() const { return date_.text(); }

  // Brings the dates up to now; cheap when called within the same second. now_ns: monotonic.
  void refresh_date(std::uint64_t now_ns) {
    if (now_ns >= next_date_ns_) set_date(now_ns);
  }

  // What the plan comes to under the settings in force. The head and the body of a response are taken with
  // the same facts, before the settings can change: what is sent is what was promised.
  ResponseFacts shape(const ResponsePlan& plan) const;

  // The head of a shaped response. Valid until the next call.
  std::string_view shaped_head(const ResponsePlan& plan, const ResponseFacts& facts);

  // The body of a shaped response when it is small enough to be sent with the head; empty when it is not (or
  // has no bytes). Lives as long as the settings in force.
  std::string_view small_body(const ResponsePlan& plan) const;

  // The file to send a body from: the configured body, or the pattern for shaped and sized ones. Null when
  // memory for the file could not be had. The caller counts itself in users and calls release() when it is
  // done; until then a file of settings that were replaced stays.
  BodyFile* body_file(const ResponsePlan& plan);
  void release(BodyFile& file);

 private:
  void set_date(std::uint64_t now_ns);
  BodyFile* add_file(Result<BodyFile> made);

  Response settings_;
  HttpDate date_;
  std::uint64_t next_date_ns_ = 0;
  std::optional<CannedResponse> canned_;
  std::string head_;                // scratch of shaped_head()
  std::string small_pattern_;       // the first bytes of the pattern
  std::list<BodyFile> files_;       // addresses stay; those without users go when they are replaced
  BodyFile* pattern_ = nullptr;     // not owned; in files_ once it was needed
  BodyFile* configured_ = nullptr;  // not owned; in files_ when the configured body is not sent inline
};

}  // namespace demo
