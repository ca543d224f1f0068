#include "text/printable.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/utf8.h"

namespace demo::text {
namespace {

// Whether the character that the text starts with, of so many bytes, turns the direction of what follows or
// ends the line: U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069 (Unicode Standard Annexes 9 and
// 14).
bool turns_or_breaks(std::string_view text, std::size_t size) {
  if (size == 2) return text.starts_with("\xd8\x9c");
  if (size != 3) return false;
  const auto last = static_cast<unsigned char>(text[2]);
  if (text.starts_with("\xe2\x80")) return last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE);
  return text.starts_with("\xe2\x81") && last >= 0xA6 && last <= 0xA9;
}

}  // namespace

std::size_t printable_size(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const bool c0 = at(0) < 0x20 || at(0) == 0x7F;
  const std::size_t size = utf8_size(text);
  const bool c1 = size == 2 && at(0) == 0xC2 && at(1) < 0xA0;  // U+0080 to U+009F
  return c0 || c1 || turns_or_breaks(text, size) ? 0 : size;
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = printable_size(text);
    if (size > 0) {
      result += text.substr(0, size);
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return result;
}

}  // namespace demo::text
