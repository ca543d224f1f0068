#include "http/response_parser.h"

#include <algorithm>

#include "http/character_class.h"
#include "http/framing.h"
#include "http/head_scan.h"
#include "http/reason_phrase.h"

namespace demo {
namespace {

constexpr std::string_view kVersionBegin = "HTTP/1.";
// `HTTP/1.1 200`, the least of a status line.
constexpr std::size_t kStatusLineSizeMin = 12;
constexpr unsigned kBadGateway = 502;

bool may_become_status_line(std::string_view bytes) {
  const std::size_t size = std::min(bytes.size(), kVersionBegin.size());
  return bytes.substr(0, size) == kVersionBegin.substr(0, size);
}

// `HTTP-version SP 3DIGIT SP [ reason ]` (RFC 9112 section 4); the last space may be missing with an empty
// reason, as many servers have it.
bool read_status_line(std::string_view line, ResponseHead& head) {
  if (line.size() < kStatusLineSizeMin || !line.starts_with(kVersionBegin)) return false;
  if (!is_in(CharClass::kDigit, line[7]) || line[8] != ' ') return false;
  unsigned status = 0;
  for (const char c : line.substr(9, 3)) {
    if (!is_in(CharClass::kDigit, c)) return false;
    status = status * 10 + static_cast<unsigned>(c - '0');
  }
  if (status < 100) return false;
  if (line.size() > kStatusLineSizeMin && line[kStatusLineSizeMin] != ' ') return false;
  head.status = status;
  head.minor_version = line[7] == '0' ? 0 : 1;
  head.reason = line.size() > kStatusLineSizeMin ? line.substr(kStatusLineSizeMin + 1) : std::string_view();
  return true;
}

}  // namespace

ParseOutcome ResponseParser::reject(std::string_view reason) {
  rejection_ = {kBadGateway, reason};
  return ParseOutcome::kRejected;
}

ParseOutcome ResponseParser::parse(std::string_view bytes, const ResponseExpectation& expectation,
                                   std::size_t already_seen) {
  if (expectation == recalled_for_ && recall_.recognises(bytes)) return ParseOutcome::kComplete;
  recall_.forget();
  if (!may_become_status_line(bytes)) return reject("not an HTTP/1 response");
  const std::string_view message = bytes.substr(0, limits::kHeadSizeBytes);
  const HeadScan scan = scan_head(message, already_seen, Folding::kNote);
  switch (scan.outcome) {
    case ParseOutcome::kRejected:
      return reject(scan.reason);
    case ParseOutcome::kIncomplete:
      if (bytes.size() < limits::kHeadSizeBytes) return ParseOutcome::kIncomplete;
      // A redirect repeats the target and the Host that the client chose.
      rejection_ = {kBadGateway, "response head too large", true};
      return ParseOutcome::kRejected;
    case ParseOutcome::kComplete:
      break;
  }
  head_.reading = recall_.count_reading();
  head_.size = scan.end;
  const std::string_view head_bytes = message.substr(0, scan.end);
  const ParseOutcome outcome = parse_complete(head_bytes, expectation, scan.folded || already_seen > 0);
  if (outcome == ParseOutcome::kComplete) {
    recalled_for_ = expectation;
    recall_.keep(head_bytes, head_);
  }
  return outcome;
}

ParseOutcome ResponseParser::parse_complete(std::string_view head_bytes,
                                            const ResponseExpectation& expectation, bool may_be_folded) {
  const std::size_t line_end = head_bytes.find('\r');
  if (!read_status_line(head_bytes.substr(0, line_end), head_)) return reject("invalid status line");
  const std::string_view lines = head_bytes.substr(line_end + kLineEnd.size());
  // RFC 9112 section 2.2: nothing that a fold before the first field could continue.
  if (is_blank(lines.front())) return reject("white space before the first field");
  const std::string_view plain = may_be_folded ? unfolded(lines) : lines;
  if (const auto rejection = read_fields(plain, expectation)) return reject(rejection->reason);
  return ParseOutcome::kComplete;
}

// RFC 9112 section 5.2: a gateway replaces each folding with spaces before it reads or forwards the value.
std::string_view ResponseParser::unfolded(std::string_view lines) {
  std::size_t position = 0;
  bool folded = false;
  while ((position = lines.find('\n', position)) + 1 < lines.size()) {
    ++position;
    if (!is_blank(lines[position])) continue;
    if (!folded) std::copy(lines.begin(), lines.end(), unfolded_.begin());
    folded = true;
    unfolded_[position - 2] = ' ';
    unfolded_[position - 1] = ' ';
  }
  return folded ? std::string_view(unfolded_.data(), lines.size()) : lines;
}

std::optional<Rejection> ResponseParser::read_fields(std::string_view lines,
                                                     const ResponseExpectation& expectation) {
  if (const auto rejection = section_.read(lines, head_.fields, head_.field_count)) return rejection;
  Framing framing;
  for (std::size_t i = 0; i < head_.field_count; ++i) {
    if (const auto rejection = framing.note(head_.fields[i])) return rejection;
  }
  if (const auto rejection = framing.check(head_.minor_version)) return rejection;
  head_.switches = head_.status == 101;
  if (head_.switches && !expectation.upgrade) return Rejection{kBadGateway, "101 that was not asked for"};
  // RFC 9110 section 15.2.2: it names what it switches to.
  if (head_.switches && !framing.switches(head_.minor_version)) {
    return Rejection{kBadGateway, "101 without a protocol that may be switched to"};
  }
  head_.has_content_length = framing.has_content_length();
  head_.content_length = framing.content_length();
  head_.chunked = framing.chunked();
  head_.persistent = framing.persistent(head_.minor_version);
  // RFC 9112 section 6.3, in its order.
  if (status_has_no_body(head_.status) || expectation.method == Method::kHead) {
    head_.body = BodyKind::kNone;
    // A length where none may be (RFC 9110 section 8.6): who knows what the sender means to follow.
    const bool suspicious = head_.status != 304 && expectation.method != Method::kHead &&
                            (head_.content_length > 0 || head_.chunked);
    if (suspicious) head_.persistent = false;
  } else if (head_.chunked) {
    head_.body = BodyKind::kChunked;
  } else if (head_.has_content_length) {
    head_.body = head_.content_length > 0 ? BodyKind::kLength : BodyKind::kNone;
  } else {
    head_.body = BodyKind::kUntilClose;
    head_.persistent = false;
  }
  return std::nullopt;
}

}  // namespace demo
