#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/request_head.h"

namespace demo {

// Whether a line that begins with white space continues the one before it (obs-fold, RFC 9112 section 5.2).
enum class Folding : std::uint8_t { kReject, kNote };

// What a look for the end of a message head found.
struct HeadScan {
  ParseOutcome outcome = ParseOutcome::kIncomplete;
  std::size_t end = 0;      // after kComplete: one past the last CRLF
  std::string_view reason;  // after kRejected
  bool folded = false;      // some line continues another; only with Folding::kNote
};

// Looks for the empty line that ends the head at the front of bytes, and refuses what no head may hold: a
// bare CR or LF, NUL and the other control characters (RFC 9112 section 2.2, RFC 9110 section 5.5), a field
// line that begins with anything but a name. already_seen bytes at the front were passed by an earlier scan.
HeadScan scan_head(std::string_view bytes, std::size_t already_seen, Folding folding);

}  // namespace demo
