#include "text_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "text/utf8.h"

namespace demo::ctl {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view beginning(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text;
}

bool is_name(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_' || character == '-';
}

// A string, number or word that JSON has, which could be a header too, and is the name of none.
bool is_json_value(std::string_view name) {
  const char first = name.front();
  return first == '"' || first == '-' || (first >= '0' && first <= '9') || name == "true" ||
         name == "false" || name == "null";
}

}  // namespace

bool begins_like_json(std::string_view text) { return beginning(text).starts_with('{'); }

std::string place_of_no_utf8(std::string_view text) {
  std::size_t line = 1;
  std::size_t column = 1;
  while (!text.empty()) {
    const std::size_t size = text::utf8_size(text);
    if (size == 0) return fmt::format("{}:{}", line, column);
    const bool ends = text.front() == '\n';
    column = ends ? 1 : column + 1;
    if (ends) ++line;
    text.remove_prefix(size);
  }
  return "";
}

bool begins_like_toml(std::string_view text) {
  text = beginning(text);
  if (text.starts_with('#')) return true;
  const bool is_header = text.starts_with('[');
  while (text.starts_with('[')) text.remove_prefix(1);
  const auto end = std::ranges::find_if_not(text, [](char c) { return is_name(c) || c == '.' || c == '"'; });
  const std::string_view name(text.begin(), end);
  if (name.empty()) return false;
  text.remove_prefix(name.size());
  if (is_header) return text.starts_with(']') && !text.substr(1).starts_with(',') && !is_json_value(name);
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.starts_with('=');
}

}  // namespace demo::ctl
