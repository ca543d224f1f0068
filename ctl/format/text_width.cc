#include "format/text_width.h"

#include <fmt/format.h>

namespace demo::ctl {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) width += continues(c) ? 0 : 1;
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (text_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t end = 0;
  for (std::size_t taken = 0; end < text.size(); ++end) {
    if (continues(text[end])) continue;
    if (taken == width - 1) break;
    ++taken;
  }
  return std::string(text.substr(0, end)) + "~";
}

std::string fit_to_width(std::string_view text, std::size_t width, bool right_aligned) {
  std::string fitted = cut_to_width(text, width);
  const std::string fill(width - text_width(fitted), ' ');
  return right_aligned ? fill + fitted : fitted + fill;
}

std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace demo::ctl
