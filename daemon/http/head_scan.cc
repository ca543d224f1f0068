#include "http/head_scan.h"

#include <bit>
#include <cstring>

#include "http/character_class.h"

namespace demo {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the position of a hit is read from the lowest byte");

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighBits = kOnes * 0x80;
// A CR and what decides about it: LF, CR, LF.
constexpr std::size_t kLookBackBytes = 3;

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// The first control character (DEL counts) at or after p, or end. Eight bytes a step: a head is scanned once
// by this and once by llhttp, and this is to be the cheap one.
const char* find_control(const char* p, const char* end) {
  while (end - p >= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, sizeof(word));
    const std::uint64_t below_space = (word - kOnes * 0x20) & ~word;
    const std::uint64_t without_del = word ^ (kOnes * 0x7f);
    const std::uint64_t del = (without_del - kOnes) & ~without_del;
    const std::uint64_t hits = (below_space | del) & kHighBits;
    if (hits != 0) return p + std::countr_zero(hits) / 8;
    p += 8;
  }
  while (p != end && !is_control(*p)) ++p;
  return p;
}

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
