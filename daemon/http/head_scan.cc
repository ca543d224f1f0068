#include "http/head_scan.h"

#include "http/character_class.h"
#include "http/control_search.h"

namespace demo {
namespace {

// A CR and what decides about it: LF, CR, LF.
constexpr std::size_t kLookBackBytes = 3;

HeadScan rejected(std::string_view reason) {
  HeadScan scan;
  scan.outcome = ParseOutcome::kRejected;
  scan.reason = reason;
  return scan;
}

std::string_view reason_against_line_start(char c) {
  if (is_blank(c)) return "folded field line";
  if (c == ':') return "field without a name";
  return "invalid character in a field name";
}

}  // namespace

HeadScan scan_head(std::string_view bytes, std::size_t already_seen, Folding folding) {
  HeadScan scan;
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* p = begin + (already_seen > kLookBackBytes ? already_seen - kLookBackBytes : 0);
  while ((p = find_control(p, end)) != end) {
    if (*p == '\t') {
      ++p;
      continue;
    }
    if (*p == '\n') {
      if (p == begin || p[-1] != '\r') return rejected("bare LF");
      ++p;
      continue;
    }
    if (*p != '\r') return rejected("control character");
    if (end - p < 2) return scan;
    if (p[1] != '\n') return rejected("bare CR");
    if (end - p < 3) return scan;
    if (p[2] == '\r') {
      if (end - p < 4) return scan;
      if (p[3] != '\n') return rejected("bare CR");
      scan.outcome = ParseOutcome::kComplete;
      scan.end = static_cast<std::size_t>(p + 4 - begin);
      return scan;
    }
    if (!is_in(CharClass::kToken, p[2])) {
      if (!is_blank(p[2]) || folding == Folding::kReject) return rejected(reason_against_line_start(p[2]));
      scan.folded = true;
    }
    p += 2;
  }
  return scan;
}

}  // namespace demo
