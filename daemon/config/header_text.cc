#include "config/header_text.h"

#include <algorithm>
#include <cstddef>

namespace demo {
namespace {

constexpr std::string_view kBlanks = " \t";

bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

// A blank, a tab, what is visible, obs-text.
bool is_text_char(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

// What follows the token that the text starts with; the whole text when it starts with none.
std::string_view behind_token(std::string_view text) {
  text.remove_prefix(
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_token_char) - text.begin()));
  return text;
}

// Takes the quoted-string that the text starts with, RFC 9110 section 5.6.4. Whether it ends.
bool take_quoted(std::string_view& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (text[i] == '\\') ++i;
    if (i == text.size() || !is_text_char(text[i])) return false;
  }
  return false;
}

// Takes "name=value" of section 5.6.6.
bool take_parameter(std::string_view& text) {
  std::string_view rest = behind_token(text);
  if (rest.size() == text.size() || !rest.starts_with('=')) return false;
  text = rest.substr(1);
  if (text.starts_with('"')) return take_quoted(text);
  rest = behind_token(text);
  const bool taken = rest.size() < text.size();
  text = rest;
  return taken;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_text_char) && without_blanks(text).size() == text.size();
}

bool is_media_type(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || !is_token(text.substr(0, slash))) return false;
  text.remove_prefix(slash + 1);
  std::string_view rest = behind_token(text);
  if (rest.size() == text.size()) return false;
  while (!rest.empty()) {
    const std::size_t semicolon = rest.find_first_not_of(kBlanks);
    if (semicolon == std::string_view::npos || rest[semicolon] != ';') return false;
    rest.remove_prefix(semicolon + 1);
    const std::size_t name = rest.find_first_not_of(kBlanks);
    if (name == std::string_view::npos) return rest.empty();
    // Between two semicolons there may be no parameter.
    if (rest[name] == ';') continue;
    rest.remove_prefix(name);
    if (!take_parameter(rest)) return false;
  }
  return true;
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace demo
