#include "config/key_depth.h"

#include <algorithm>

namespace demo {
namespace {

// The size of the text in quotes that this starts with; of one that does not end, up to the line's end, or to
// the end of all for one of several lines.
std::size_t quoted_size(std::string_view text) {
  const char quote = text.front();
  const bool escapes = quote == '"';
  const bool lines = text.size() >= 3 && text[1] == quote && text[2] == quote;
  for (std::size_t i = lines ? 3 : 1; i < text.size(); ++i) {
    if (escapes && text[i] == '\\') {
      ++i;
    } else if (!lines && (text[i] == quote || text[i] == '\n')) {
      return text[i] == quote ? i + 1 : i;
    } else if (lines && text.substr(i, 3) == std::string_view(text.data(), 3)) {
      // Up to two quotes may stand before the three that end it.
      for (i += 3; i < text.size() && text[i] == quote; ++i) {
      }
      return i;
    }
  }
  return text.size();
}

std::size_t comment_size(std::string_view text) { return std::min(text.find('\n'), text.size()); }

}  // namespace

std::uint32_t line_of_deep_keys(std::string_view text, std::size_t most) {
  std::uint32_t line = 1;
  std::size_t brackets = 0;
  std::size_t dots = 0;
  while (!text.empty()) {
    std::size_t size = 1;
    switch (text.front()) {
      case '"':
      case '\'':
        size = quoted_size(text);
        line += static_cast<std::uint32_t>(
            std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), '\n'));
        break;
      case '#':
        size = comment_size(text);
        break;
      case '[':
      case '{':
        ++brackets;
        break;
      case ']':
      case '}':
        if (brackets > 0) --brackets;
        break;
      case '.':
        if (++dots > most) return line;
        break;
      case '\n':
        ++line;
        if (brackets == 0) dots = 0;
        break;
      default:
        break;
    }
    text.remove_prefix(size);
  }
  return 0;
}

}  // namespace demo
