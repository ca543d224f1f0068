#include "http/request_parser.h"

#include <algorithm>
#include <utility>

#include "http/authority.h"
#include "http/character_class.h"
#include "http/framing.h"
#include "http/head_scan.h"
#include "http/max_forwards.h"
#include "http/request_line.h"

namespace demo {
namespace {

static_assert(limits::kLeadingEmptyLines * kLineEnd.size() < limits::kHeadSizeBytes);

struct EmptyLines {
  std::size_t size = 0;
  bool too_many = false;
};

// RFC 9112 section 2.2: a server ignores empty lines before a request line.
EmptyLines skip_empty_lines(std::string_view bytes) {
  EmptyLines lines;
  while (bytes.substr(lines.size).starts_with(kLineEnd)) lines.size += kLineEnd.size();
  lines.too_many = lines.size > limits::kLeadingEmptyLines * kLineEnd.size();
  return lines;
}

bool is_host(const Field& field) {
  return field.name.size() == 4 && equals_ignoring_case(field.name, "host");
}

bool is_expect(const Field& field) {
  return field.name.size() == 6 && equals_ignoring_case(field.name, "expect");
}

bool is_cdn_loop(const Field& field) {
  return field.name.size() == 8 && equals_ignoring_case(field.name, "cdn-loop");
}

}  // namespace

void RequestParser::set_loop_name(std::string name) {
  if (name == loop_name_) return;
  loop_name_ = std::move(name);
  recall_.forget();
}

ParseOutcome RequestParser::reject(const Rejection& rejection) {
  rejection_ = rejection;
  return ParseOutcome::kRejected;
}

ParseOutcome RequestParser::parse(std::string_view bytes, std::size_t already_seen) {
  if (recall_.recognises(bytes)) return ParseOutcome::kComplete;
  recall_.forget();
  std::size_t skipped = 0;
  if (!bytes.empty() && bytes.front() == '\r') {
    const EmptyLines lines = skip_empty_lines(bytes);
    if (lines.too_many) return reject({400, "too many empty lines before a request"});
    skipped = lines.size;
  }
  // Empty lines count, so that a buffer of the limit's size always leads to a verdict.
  const std::string_view message = bytes.substr(skipped, limits::kHeadSizeBytes - skipped);
  const std::size_t seen = already_seen > skipped ? already_seen - skipped : 0;
  if (message.empty() || message == "\r") return ParseOutcome::kIncomplete;
  if (!is_in(CharClass::kToken, message.front())) return reject({400, "invalid method"});
  const HeadScan scan = scan_head(message, seen, Folding::kReject);
  switch (scan.outcome) {
    case ParseOutcome::kRejected:
      return reject({400, scan.reason});
    case ParseOutcome::kIncomplete:
      return parse_partial(message, seen, bytes.size() >= limits::kHeadSizeBytes);
    case ParseOutcome::kComplete:
      break;
  }
  head_.reading = recall_.count_reading();
  head_.size = skipped + scan.end;
  const std::string_view head_bytes = message.substr(0, scan.end);
  const ParseOutcome outcome = parse_complete(head_bytes);
  if (outcome == ParseOutcome::kComplete && skipped == 0) recall_.keep(head_bytes, head_);
  return outcome;
}

// The head has not ended within message. A request line is judged as soon as it is there, and once.
ParseOutcome RequestParser::parse_partial(std::string_view message, std::size_t already_seen, bool at_limit) {
  const std::size_t line_end = message.find('\r');
  std::optional<Rejection> rejection;
  if (line_end == std::string_view::npos) {
    rejection = check_partial_request_line(message);
  } else if (line_end >= already_seen || at_limit) {
    rejection = read_request_line(message.substr(0, line_end), head_);
  }
  if (rejection) return reject(*rejection);
  if (at_limit) return reject({431, "request head too large"});
  return ParseOutcome::kIncomplete;
}

ParseOutcome RequestParser::parse_complete(std::string_view head_bytes) {
  const std::size_t line_end = head_bytes.find('\r');
  if (const auto rejection = read_request_line(head_bytes.substr(0, line_end), head_))
    return reject(*rejection);
  const std::string_view lines = head_bytes.substr(line_end + kLineEnd.size());
  const std::optional<Rejection> bad_section = section_.read(lines, head_.fields, head_.field_count);
  const std::optional<Rejection> bad_fields = read_fields();
  // llhttp refuses an unknown transfer coding as well, without the status that it deserves.
  if (bad_section && !(bad_fields && bad_fields->status == 501)) return reject(*bad_section);
  if (bad_fields) return reject(*bad_fields);
  return ParseOutcome::kComplete;
}

std::optional<Rejection> RequestParser::read_fields() {
  Framing framing;
  const Field* host = nullptr;
  bool expects_continue = false;
  head_.passed_us = false;
  for (std::size_t i = 0; i < head_.field_count; ++i) {
    const Field& field = head_.fields[i];
    if (is_host(field)) {
      if (host != nullptr) return Rejection{400, "more than one Host"};
      if (!is_valid_authority(field.value)) return Rejection{400, "invalid Host"};
      host = &field;
    } else if (is_expect(field)) {
      // RFC 9110 section 10.1.1; an HTTP/1.0 client knows no interim response.
      if (!equals_ignoring_case(field.value, "100-continue")) return Rejection{417, "unknown expectation"};
      expects_continue = head_.minor_version > 0;
    } else if (is_cdn_loop(field)) {
      if (!loop_name_.empty() && field.value.find(loop_name_) != std::string_view::npos) {
        head_.passed_us = true;
      }
    } else if (const auto rejection = framing.note(field)) {
      return rejection;
    }
  }
  if (const auto rejection = framing.check(head_.minor_version)) return rejection;
  head_.max_forwards.reset();
  if (is_limited_by_max_forwards(head_.method)) {
    if (const auto rejection = read_max_forwards(head_)) return rejection;
  }
  if (host == nullptr && head_.minor_version > 0) return Rejection{400, "Host is missing"};
  const bool absolute = head_.target.front() != '/' && head_.target.front() != '*';
  if (!absolute) head_.host = host != nullptr ? host->value : std::string_view();
  head_.persistent = framing.persistent(head_.minor_version);
  head_.upgrade = framing.upgrade(head_.minor_version);
  head_.content_length = framing.content_length();
  head_.body = framing.chunked()              ? BodyKind::kChunked
               : framing.content_length() > 0 ? BodyKind::kLength
                                              : BodyKind::kNone;
  head_.expects_continue = expects_continue && head_.body != BodyKind::kNone;
  return std::nullopt;
}

}  // namespace demo
