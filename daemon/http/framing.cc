#include "http/framing.h"

#include <limits>

#include "http/character_class.h"
#include "http/upgrade_protocol.h"

namespace demo {
namespace {

// A signed size of this width is what file offsets and system calls count with.
constexpr std::uint64_t kContentLengthMax = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::optional<Rejection> Framing::note_if_interesting(const Field& field) {
  switch (field.name.size()) {
    case 7:
      if (equals_ignoring_case(field.name, "upgrade")) note_upgrade(field.value);
      return std::nullopt;
    case 10:
      if (equals_ignoring_case(field.name, "connection")) return note_connection(field.value);
      return std::nullopt;
    case 14:
      if (equals_ignoring_case(field.name, "content-length")) return note_content_length(field.value);
      return std::nullopt;
    case 17:
      if (equals_ignoring_case(field.name, "transfer-encoding")) return note_transfer_encoding(field.value);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Rejection> Framing::check(unsigned minor_version) const {
  if (!chunked_) return std::nullopt;
  if (has_content_length_) return Rejection{400, "Content-Length beside Transfer-Encoding"};
  // RFC 9112 section 6.1: such a message is to be treated as if its framing were faulty.
  if (minor_version == 0) return Rejection{400, "Transfer-Encoding in HTTP/1.0"};
  return std::nullopt;
}

// RFC 9110 section 8.6: 1*DIGIT; no list and no repetition, not even of the same number.
std::optional<Rejection> Framing::note_content_length(std::string_view value) {
  if (has_content_length_) return Rejection{400, "more than one Content-Length"};
  if (value.empty()) return Rejection{400, "invalid Content-Length"};
  std::uint64_t length = 0;
  for (const char c : value) {
    if (!is_in(CharClass::kDigit, c)) return Rejection{400, "invalid Content-Length"};
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (length > (kContentLengthMax - digit) / 10) return Rejection{400, "Content-Length too large"};
    length = length * 10 + digit;
  }
  content_length_ = length;
  has_content_length_ = true;
  return std::nullopt;
}

// RFC 9112 section 6.1: chunked once, last, and here alone, since no other coding is known.
std::optional<Rejection> Framing::note_transfer_encoding(std::string_view value) {
  if (!chunked_ && equals_ignoring_case(value, "chunked")) {
    chunked_ = true;
    return std::nullopt;
  }
  std::string_view first;
  for_each_element(value, [&first](std::string_view coding) {
    if (first.empty()) first = coding;
  });
  if (first.empty() || equals_ignoring_case(first, "chunked") ||
      !is_token(first.substr(0, first.find(';')))) {
    return Rejection{400, "invalid Transfer-Encoding"};
  }
  return Rejection{501, "unknown transfer coding"};
}

void Framing::note_upgrade(std::string_view value) {
  for_each_element(value, [this](std::string_view protocol) {
    (may_switch_to(protocol) ? may_switch_ : must_not_switch_) = true;
  });
}

std::optional<Rejection> Framing::note_connection(std::string_view value) {
  for_each_element(value, [this](std::string_view option) {
    ++options_;
    switch (option.size()) {
      case 5:
        if (equals_ignoring_case(option, "close")) close_ = true;
        break;
      case 7:
        if (equals_ignoring_case(option, "upgrade")) upgrade_option_ = true;
        break;
      case 10:
        if (equals_ignoring_case(option, "keep-alive")) keep_alive_ = true;
        break;
      default:
        break;
    }
  });
  if (options_ > limits::kConnectionOptions) return Rejection{400, "too many options in Connection"};
  return std::nullopt;
}

}  // namespace demo
