#include "http/body_reader.h"

#include <algorithm>
#include <array>

#include "http/character_class.h"

// Bytes come in pieces of any size, and none is kept: whatever is known of a body lies in a few numbers, so a
// connection holds its reader in place and pays nothing while a body comes. Content is taken a run at a time,
// by arithmetic; only the framing of chunks is looked at byte by byte, by a state for each place of the
// grammar, because each place allows other bytes. What one party would read as the end of a chunk and another
// one would not is how requests are smuggled: nothing is skipped or repaired, and a lone CR or LF, a size
// with a sign or blanks, or a trailer that frames the message is refused.
//
// Extensions and trailers are bounded by their bytes and otherwise dropped. The name of a trailer is not kept
// either: name_matches_ has a bit for each forbidden name that it may still be, cleared as its letters
// differ.
namespace demo {
namespace {

// Fields that would change the framing of a message already read; RFC 9110 section 6.5.1 forbids them in
// trailers.
constexpr std::array<std::string_view, 2> kForbiddenTrailers = {"content-length", "transfer-encoding"};
constexpr std::uint8_t kAllForbidden = (1U << kForbiddenTrailers.size()) - 1;
constexpr std::size_t kForbiddenSizeMax = 17;
// Chunk sizes stay below 2^63, as Content-Length does.
constexpr std::uint64_t kSizeBeforeLastDigitMax = (1ULL << 59) - 1;

unsigned hex_value(char c) {
  if (is_in(CharClass::kDigit, c)) return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>(to_lower(c) - 'a') + 10;
}

constexpr bool is_field_value_byte(char c) {
  return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

BodyReader::BodyReader(BodyKind kind, std::uint64_t content_length) : kind_(kind) {
  switch (kind) {
    case BodyKind::kNone:
      break;
    case BodyKind::kLength:
      remaining_ = content_length;
      if (content_length > 0) state_ = State::kLength;
      break;
    case BodyKind::kChunked:
      state_ = State::kSizeBegin;
      break;
    case BodyKind::kUntilClose:
      state_ = State::kUntilClose;
      break;
  }
}

BodyReader::Step BodyReader::step(std::string_view bytes) {
  Step result;
  if (kind_ == BodyKind::kChunked) result.consumed = take_framing(bytes);
  const auto run = static_cast<std::size_t>(take_content(bytes.size() - result.consumed));
  result.payload = bytes.substr(result.consumed, run);
  result.consumed += run;
  result.outcome = outcome();
  return result;
}

BodyReader::Step BodyReader::consume(std::string_view bytes) {
  Step result;
  do {
    const Step one = step(bytes.substr(result.consumed));
    result.consumed += one.consumed;
    result.outcome = one.outcome;
  } while (result.outcome == ParseOutcome::kIncomplete && result.consumed < bytes.size());
  return result;
}

std::uint64_t BodyReader::remaining_length() const { return kind_ == BodyKind::kLength ? remaining_ : 0; }

Rejection BodyReader::rejection() const {
  switch (fault_) {
    case Fault::kNone:
      return {400, "invalid body"};
    case Fault::kSize:
      return {400, "invalid chunk size"};
    case Fault::kSizeTooLarge:
      return {400, "chunk size too large"};
    case Fault::kExtension:
      return {400, "invalid chunk extension"};
    case Fault::kExtensionsTooLong:
      return {400, "chunk extensions too long"};
    case Fault::kDataEnd:
      return {400, "chunk longer than its size"};
    case Fault::kTrailer:
      return {400, "invalid trailer field"};
    case Fault::kTrailersTooLong:
      return {431, "trailer section too large"};
    case Fault::kTrailerFraming:
      return {400, "framing field in the trailer section"};
  }
  return {};
}

ParseOutcome BodyReader::outcome() const {
  if (state_ == State::kDone) return ParseOutcome::kComplete;
  return state_ == State::kRejected ? ParseOutcome::kRejected : ParseOutcome::kIncomplete;
}

void BodyReader::reject(Fault fault) {
  state_ = State::kRejected;
  fault_ = fault;
}

// How much of what is available is content, which it counts.
std::uint64_t BodyReader::take_content(std::size_t available) {
  if (state_ == State::kUntilClose) return available;
  if (state_ != State::kLength && state_ != State::kData) return 0;
  const std::uint64_t run = std::min<std::uint64_t>(available, remaining_);
  remaining_ -= run;
  if (remaining_ == 0) state_ = state_ == State::kLength ? State::kDone : State::kDataCr;
  return run;
}

std::size_t BodyReader::take_framing(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && state_ > State::kUntilClose && state_ != State::kData) {
    take_framing_byte(bytes[taken]);
    if (state_ == State::kRejected) break;
    ++taken;
  }
  return taken;
}

void BodyReader::take_framing_byte(char c) {
  switch (state_) {
    case State::kDone:
    case State::kRejected:
    case State::kLength:
    case State::kUntilClose:
    case State::kData:
      break;
    case State::kSizeBegin:
    case State::kSize:
      take_size(c);
      break;
    case State::kExtensionSemicolon:
    case State::kExtensionNameBegin:
    case State::kExtensionName:
    case State::kExtensionNameEnd:
    case State::kExtensionValueBegin:
    case State::kExtensionValue:
    case State::kExtensionQuoted:
    case State::kExtensionEscaped:
    case State::kExtensionQuotedEnd:
      take_extension(c);
      break;
    case State::kSizeLf:
      if (c != '\n') return reject(Fault::kSize);
      state_ = remaining_ == 0 ? State::kTrailerBegin : State::kData;
      break;
    case State::kDataCr:
      if (c != '\r') return reject(Fault::kDataEnd);
      state_ = State::kDataLf;
      break;
    case State::kDataLf:
      if (c != '\n') return reject(Fault::kDataEnd);
      state_ = State::kSizeBegin;
      break;
    case State::kTrailerBegin:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLf:
    case State::kEndLf:
      take_trailer(c);
      break;
  }
}

// chunk-size = 1*HEXDIG. Zeros in front are valid without end, so they count as extension bytes do.
void BodyReader::take_size(char c) {
  if (is_in(CharClass::kHex, c)) {
    if (remaining_ > kSizeBeforeLastDigitMax) return reject(Fault::kSizeTooLarge);
    const bool needless_zero = state_ == State::kSize && remaining_ == 0;
    if (needless_zero && ++extension_bytes_ > limits::kChunkExtensionBytes) {
      return reject(Fault::kExtensionsTooLong);
    }
    remaining_ = remaining_ * 16 + hex_value(c);
    state_ = State::kSize;
  } else if (state_ == State::kSizeBegin) {
    reject(Fault::kSize);
  } else if (c == '\r') {
    state_ = State::kSizeLf;
  } else if (c == ';') {
    state_ = State::kExtensionNameBegin;
  } else if (is_blank(c)) {
    state_ = State::kExtensionSemicolon;
  } else {
    reject(Fault::kSize);
  }
}

// *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ) (RFC 9112 section 7.1.1)
void BodyReader::take_extension(char c) {
  if (++extension_bytes_ > limits::kChunkExtensionBytes) return reject(Fault::kExtensionsTooLong);
  const bool token = is_in(CharClass::kToken, c);
  const bool at_end = state_ == State::kExtensionName || state_ == State::kExtensionValue ||
                      state_ == State::kExtensionQuotedEnd;
  const bool after_name = state_ == State::kExtensionName || state_ == State::kExtensionNameEnd;
  if (state_ == State::kExtensionQuoted) {
    if (c == '"') {
      state_ = State::kExtensionQuotedEnd;
    } else if (c == '\\') {
      state_ = State::kExtensionEscaped;
    } else if (!is_in(CharClass::kQuoted, c)) {
      reject(Fault::kExtension);
    }
  } else if (state_ == State::kExtensionEscaped) {
    if (!is_field_value_byte(c)) return reject(Fault::kExtension);
    state_ = State::kExtensionQuoted;
  } else if (token && (state_ == State::kExtensionNameBegin || state_ == State::kExtensionName)) {
    state_ = State::kExtensionName;
  } else if (token && (state_ == State::kExtensionValueBegin || state_ == State::kExtensionValue)) {
    state_ = State::kExtensionValue;
  } else if (c == '"' && state_ == State::kExtensionValueBegin) {
    state_ = State::kExtensionQuoted;
  } else if (c == '=' && after_name) {
    state_ = State::kExtensionValueBegin;
  } else if (c == ';' && (at_end || after_name || state_ == State::kExtensionSemicolon)) {
    state_ = State::kExtensionNameBegin;
  } else if (c == '\r' && at_end) {
    state_ = State::kSizeLf;
  } else if (is_blank(c)) {
    if (state_ == State::kExtensionName) state_ = State::kExtensionNameEnd;
    if (state_ == State::kExtensionValue || state_ == State::kExtensionQuotedEnd) {
      state_ = State::kExtensionSemicolon;
    }
  } else {
    reject(Fault::kExtension);
  }
}

void BodyReader::take_trailer(char c) {
  if (++trailer_bytes_ > limits::kTrailerSizeBytes) return reject(Fault::kTrailersTooLong);
  switch (state_) {
    case State::kTrailerBegin:
      name_size_ = 0;
      name_matches_ = kAllForbidden;
      if (c == '\r') {
        state_ = State::kEndLf;
      } else if (is_in(CharClass::kToken, c)) {
        take_trailer_name(c);
      } else {
        reject(Fault::kTrailer);
      }
      break;
    case State::kTrailerName:
      take_trailer_name(c);
      break;
    case State::kTrailerValue:
      if (c == '\r') {
        state_ = State::kTrailerLf;
      } else if (!is_field_value_byte(c)) {
        reject(Fault::kTrailer);
      }
      break;
    case State::kTrailerLf:
      if (c != '\n') return reject(Fault::kTrailer);
      state_ = State::kTrailerBegin;
      break;
    default:  // kEndLf
      if (c != '\n') return reject(Fault::kTrailer);
      state_ = State::kDone;
      break;
  }
}

void BodyReader::take_trailer_name(char c) {
  state_ = State::kTrailerName;
  if (c != ':') {
    if (!is_in(CharClass::kToken, c)) return reject(Fault::kTrailer);
    for (std::size_t i = 0; i < kForbiddenTrailers.size(); ++i) {
      const std::string_view name = kForbiddenTrailers[i];
      if (name_size_ >= name.size() || to_lower(c) != name[name_size_]) {
        name_matches_ = static_cast<std::uint8_t>(name_matches_ & ~(1U << i));
      }
    }
    if (name_size_ <= kForbiddenSizeMax) ++name_size_;
    return;
  }
  for (std::size_t i = 0; i < kForbiddenTrailers.size(); ++i) {
    if ((name_matches_ >> i & 1U) != 0 && name_size_ == kForbiddenTrailers[i].size()) {
      return reject(Fault::kTrailerFraming);
    }
  }
  state_ = State::kTrailerValue;
}

}  // namespace demo
