#include "config/toml_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "base/printable.h"
#include "base/utf8.h"
#include "text/byte_size.h"

namespace demo {
namespace {

// Lines with many more are refused, config/config_file.cc.
constexpr std::ptrdiff_t kDotsOfString = 1000;

// The number of a character that is whole, RFC 3629 section 3.
std::uint32_t code_point(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first;
  std::uint32_t code = first & (0x7FU >> character.size());
  for (const char next : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(next) & 0x3FU);
  return code;
}

std::string escaped(std::string_view character) {
  switch (character.front()) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return fmt::format("\\U{:08X}", code_point(character));
  }
}

}  // namespace

std::string toml_string(std::string_view text) {
  const bool dotted = std::count(text.begin(), text.end(), '.') > kDotsOfString;
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::string_view character = text.substr(0, piece_size(text));
    const char first = character.front();
    if (first == '"' || first == '\\') {
      quoted.append("\\").append(character);
    } else if (dotted && first == '.') {
      quoted += "\\u002E";
    } else if (first >= ' ' && first < '\x7F') {
      quoted += first;
    } else {
      quoted += printable(character) == character ? std::string(character) : escaped(character);
    }
    text.remove_prefix(character.size());
  }
  return quoted + '"';
}

std::string toml_number(std::uint64_t value, FieldUnit unit) {
  const std::string text =
      unit == FieldUnit::kBytes ? text::format_byte_size(value) : fmt::format("{}", value);
  const bool digits = text.back() >= '0' && text.back() <= '9';
  return digits && value <= std::numeric_limits<std::int64_t>::max() ? text : toml_string(text);
}

std::string toml_text(const std::vector<unsigned>& value, FieldUnit) {
  return fmt::format("[{}]", fmt::join(value, ", "));
}

std::string toml_text(const std::vector<std::pair<std::string, std::string>>& value, FieldUnit) {
  if (value.empty()) return "[]";
  std::string lines;
  for (const auto& [name, content] : value)
    lines += fmt::format("  {},\n", toml_string(name + ": " + content));
  return fmt::format("[\n{}]", lines);
}

}  // namespace demo
