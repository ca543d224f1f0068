#include "config/shell_word.h"

#include <fmt/format.h>

#include <cstddef>

#include "base/printable.h"
#include "base/utf8.h"

namespace demo {
namespace {

// Characters that no shell takes for anything else, wherever they stand in a word.
constexpr std::string_view kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,@%+=";

bool is_shown_as_it_is(std::string_view piece) { return printable(piece) == piece; }

// Tab, line feed and carriage return; a line of text has these control characters alone.
bool is_white(std::string_view piece) { return piece == "\t" || piece == "\n" || piece == "\r"; }

std::string in_octal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  return text;
}

// $'...', POSIX.1-2024: bash, ksh, zsh.
std::string quoted_in_c(std::string_view text) {
  std::string word = "$'";
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, piece_size(text));
    if (piece == "'" || piece == "\\") word += '\\';
    word += is_shown_as_it_is(piece) ? std::string(piece) : in_octal(piece);
    text.remove_prefix(piece.size());
  }
  return word + "'";
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  if (!is_plain_text(text)) return quoted_in_c(text);
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
    const std::string_view piece = bytes.substr(0, piece_size(bytes));
    if (!is_white(piece) && !is_shown_as_it_is(piece)) return false;
    bytes.remove_prefix(piece.size());
  }
  return true;
}

std::string printf_word(std::string_view bytes) {
  std::string word = "'";
  for (const char c : bytes) {
    const bool option = c == '-' && word.size() == 1;
    if (c < 0x20 || c > 0x7e || c == '\'' || c == '\\' || option) {
      word += in_octal({&c, 1});
    } else {
      word += c;
      if (c == '%') word += c;
    }
  }
  return word + "'";
}

}  // namespace demo
