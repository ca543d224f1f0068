#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "http/body_reader.h"

namespace demo {

// What of a body is passed on.
enum class BodyForm : std::uint8_t {
  kFramed,   // content and framing; of chunks without their extensions, which parsers disagree about
  kContent,  // content alone, for who does not understand chunks
};

struct FilteredBody {
  std::size_t taken = 0;  // bytes from the front that belonged to the body
  std::size_t kept = 0;   // bytes to pass on, now at the front; at most taken
  ParseOutcome outcome = ParseOutcome::kIncomplete;
};

// Takes what belongs to the body from the front of bytes, and leaves there, in place, what is to be passed
// on. Bytes behind those taken stay where they are. kRejected: nothing of bytes may be passed on. Pure.
FilteredBody filter_body(BodyReader& reader, std::span<char> bytes, BodyForm form);

}  // namespace demo
