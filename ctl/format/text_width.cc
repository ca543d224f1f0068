#include "format/text_width.h"

#include <algorithm>

namespace demo::ctl {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The bytes of the first so many columns of the text.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  for (std::size_t taken = 0; end < text.size(); ++end) {
    if (continues(text[end])) continue;
    if (taken == columns) break;
    ++taken;
  }
  return end;
}

}  // namespace

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) width += continues(c) ? 0 : 1;
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (text_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  return std::string(text.substr(0, bytes_of(text, width - 1))) + "~";
}

std::vector<std::string> wrap_to_width(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (;;) {
    const std::size_t full = bytes_of(text, width);
    if (full == text.size()) break;
    const std::size_t space = text.rfind(' ', full);
    const std::size_t end = space == std::string_view::npos || space == 0 ? full : space;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.find_first_not_of(' ', end), text.size()));
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string fit_to_width(std::string_view text, std::size_t width, bool right_aligned) {
  std::string fitted = cut_to_width(text, width);
  const std::string fill(width - text_width(fitted), ' ');
  return right_aligned ? fill + fitted : fitted + fill;
}

}  // namespace demo::ctl
