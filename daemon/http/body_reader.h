#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/request_head.h"

namespace demo {

// Follows the body of one message, bytes in, without keeping any: says how much of what came belongs to the
// body and when it ends. A small value (at most 32 bytes) that a connection holds while its message lasts.
// Pure.
class BodyReader {
 public:
  BodyReader() = default;  // no body: complete at once
  BodyReader(BodyKind kind, std::uint64_t content_length);

  struct Step {
    std::size_t consumed = 0;  // bytes from the front that belong to this body, framing included
    std::string_view payload;  // within them: one run of content bytes, empty when there is none
    ParseOutcome outcome = ParseOutcome::kIncomplete;  // kComplete: the body ended with the consumed bytes
  };

  // One step over the front of bytes. Call again with the rest while outcome is kIncomplete and bytes are
  // left: each step ends at the end of a run of content, or with all bytes consumed.
  Step step(std::string_view bytes);

  // Consumes as much as belongs to the body in one go, for those who forward or discard it with its framing.
  Step consume(std::string_view bytes);

  // What remains of a body by length; 0 otherwise.
  std::uint64_t remaining_length() const;
  // Whether the body has ended; one without content has from the start.
  bool complete() const { return state_ == State::kDone; }
  BodyKind kind() const { return kind_; }
  // Whether the last byte taken belongs to a chunk's extensions, with the white space around them.
  bool in_extension() const {
    return state_ >= State::kExtensionSemicolon && state_ <= State::kExtensionQuotedEnd;
  }
  // After kRejected.
  Rejection rejection() const;

 private:
  // The chunked states follow the grammar of RFC 9112 section 7.1 byte by byte:
  //   kSizeBegin > kSize [ > extensions ] > kSizeLf > kData > kDataCr > kDataLf > kSizeBegin
  //   after a chunk of size 0: kSizeLf > kTrailerBegin > kTrailerName > kTrailerValue > kTrailerLf >
  //   kTrailerBegin
  //                                      kTrailerBegin > kEndLf > kDone
  enum class State : std::uint8_t {
    kDone,
    kRejected,
    kLength,
    kUntilClose,
    kSizeBegin,
    kSize,
    kExtensionSemicolon,
    kExtensionNameBegin,
    kExtensionName,
    kExtensionNameEnd,
    kExtensionValueBegin,
    kExtensionValue,
    kExtensionQuoted,
    kExtensionEscaped,
    kExtensionQuotedEnd,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerBegin,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kEndLf,
  };
  enum class Fault : std::uint8_t {
    kNone,
    kSize,
    kSizeTooLarge,
    kExtension,
    kExtensionsTooLong,
    kDataEnd,
    kTrailer,
    kTrailersTooLong,
    kTrailerFraming,
  };

  // Takes framing bytes up to the next run of content or the end of the body; returns how many.
  std::size_t take_framing(std::string_view bytes);
  void take_framing_byte(char c);
  void take_size(char c);
  void take_extension(char c);
  void take_trailer(char c);
  void take_trailer_name(char c);
  std::uint64_t take_content(std::size_t available);
  void reject(Fault fault);
  ParseOutcome outcome() const;

  std::uint64_t remaining_ =
      0;  // of the body, or of the current chunk; while reading a size: the size so far
  std::uint32_t extension_bytes_ = 0;
  std::uint32_t trailer_bytes_ = 0;
  State state_ = State::kDone;
  BodyKind kind_ = BodyKind::kNone;
  Fault fault_ = Fault::kNone;
  std::uint8_t name_size_ = 0;     // of the trailer field being read, up to the longest forbidden one
  std::uint8_t name_matches_ = 0;  // which forbidden names it still may be, a bit each
};
static_assert(sizeof(BodyReader) <= 32);

}  // namespace demo
