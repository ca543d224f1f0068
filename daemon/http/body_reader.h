#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/request_head.h"

namespace demo {

// Follows the body of one message, bytes in, without keeping any: says how much of what came belongs to the body and
// when it ends. A small value (at most 32 bytes) that a connection holds while its message lasts. Pure.
class BodyReader {
 public:
  BodyReader() = default;  // no body: complete at once
  BodyReader(BodyKind kind, std::uint64_t content_length);

  struct Step {
    std::size_t consumed = 0;   // bytes from the front that belong to this body, framing included
    std::string_view payload;   // within them: one run of content bytes, empty when there is none
    ParseOutcome outcome = ParseOutcome::kIncomplete;  // kComplete: the body ended with the consumed bytes
  };

  // One step over the front of bytes. Call again with the rest while outcome is kIncomplete and bytes are left: each
  // step ends at the end of a run of content, or with all bytes consumed.
  Step step(std::string_view bytes);

  // Consumes as much as belongs to the body in one go, for those who forward or discard it with its framing.
  Step consume(std::string_view bytes);

  // What remains of a body by length; 0 otherwise.
  std::uint64_t remaining_length() const;
  // After kRejected.
  Rejection rejection() const;

 private:
  enum class State : std::uint8_t;
  std::uint64_t remaining_ = 0;
  std::uint32_t extension_bytes_ = 0;
  std::uint32_t trailer_bytes_ = 0;
  State state_{};
  BodyKind kind_ = BodyKind::kNone;
};

}  // namespace demo
