#include "json/quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "text/printable.h"
#include "text/utf8.h"

namespace demo::json {
namespace {

// The number of a character of `size` bytes; what is not printable has at most three.
unsigned code_point(std::string_view character, std::size_t size) {
  const auto low_bits = [character](std::size_t i, unsigned mask) {
    return static_cast<unsigned char>(character[i]) & mask;
  };
  switch (size) {
    case 1:
      return low_bits(0, 0x7F);
    case 2:
      return low_bits(0, 0x1F) << 6 | low_bits(1, 0x3F);
    default:
      return low_bits(0, 0x0F) << 12 | low_bits(1, 0x3F) << 6 | low_bits(2, 0x3F);
  }
}

// Of the character that the text starts with, whose printable size is 0.
std::string escaped(std::string_view text, std::size_t size) {
  if (size == 0) return "\\ufffd";
  switch (text.front()) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      return fmt::format("\\u{:04x}", code_point(text, size));
  }
}

}  // namespace

std::string quote(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const std::size_t size = text::utf8_size(text);
    if (text::printable_size(text) == 0) {
      result += escaped(text, size);
    } else {
      if (text.front() == '"' || text.front() == '\\') result += '\\';
      result += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return result + '"';
}

}  // namespace demo::json
