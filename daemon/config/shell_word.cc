#include "config/shell_word.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace demo {
namespace {

// Characters that no shell takes for anything else, wherever they stand in a word.
constexpr std::string_view kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,@%+=";

struct Sequence {
  std::size_t size;          // bytes of the character
  std::uint32_t first_bits;  // what its first byte contributes
  std::uint32_t least;       // a smaller code point would be overlong
};

// What the first byte of a character announces; size 0 when no character starts so.
Sequence sequence_of(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if ((byte & 0xe0) == 0xc0) return {2, byte & 0x1fU, 0x80};
  if ((byte & 0xf0) == 0xe0) return {3, byte & 0x0fU, 0x800};
  if ((byte & 0xf8) == 0xf0) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

bool is_text_code_point(std::uint32_t point, std::uint32_t least) {
  if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
  return (point >= 0x20 && point != 0x7f) || point == '\t' || point == '\n' || point == '\r';
}

// Control characters that a line of text does not have.
bool steers(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
  });
}

// $'...', POSIX.1-2024: bash, ksh, zsh.
std::string quoted_in_c(std::string_view text) {
  std::string word = "$'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') {
      word += '\\';
      word += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      word += fmt::format("\\{:03o}", byte);
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  if (steers(text)) return quoted_in_c(text);
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

bool is_plain_text(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto [size, first_bits, least] = sequence_of(static_cast<unsigned char>(bytes.front()));
    if (size == 0 || size > bytes.size()) return false;
    std::uint32_t point = first_bits;
    for (std::size_t i = 1; i < size; ++i) {
      const auto byte = static_cast<unsigned char>(bytes[i]);
      if ((byte & 0xc0) != 0x80) return false;
      point = (point << 6) | (byte & 0x3fU);
    }
    if (!is_text_code_point(point, least)) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

}  // namespace demo
