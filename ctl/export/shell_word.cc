#include "export/shell_word.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

#include "text/printable.h"
#include "text/utf8.h"

namespace demo::ctl {
namespace {

// Characters that no shell takes for anything else, wherever they stand in a word.
constexpr std::string_view kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,@%+=";

bool is_shown_as_it_is(std::string_view piece) { return text::printable(piece) == piece; }

// Tab, line feed and carriage return; a line of text has these control characters alone.
bool is_white(std::string_view piece) { return piece == "\t" || piece == "\n" || piece == "\r"; }

std::string in_octal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  return text;
}

// A word in single quotes; a part that cannot be shown stands between two such quotes.
class QuotedWord {
 public:
  void add(std::string_view shown) {
    if (!quoted_) text_ += '\'';
    quoted_ = true;
    text_ += shown;
  }
  void add_outside(std::string_view text) {
    if (quoted_) text_ += '\'';
    quoted_ = false;
    text_ += text;
  }
  std::string take() {
    if (quoted_ || text_.empty()) add_outside(text_.empty() ? "''" : "");
    return std::move(text_);
  }

 private:
  std::string text_;
  bool quoted_ = false;
};

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  constexpr std::string_view kLineEnd = "\\012";
  const bool plain = is_plain_text(text);
  QuotedWord word;
  std::string hidden;  // what cannot be shown and follows one another: one printf makes it
  const auto end_hidden = [&] {
    if (!hidden.empty()) word.add_outside(fmt::format("\"$(printf '{}')\"", std::exchange(hidden, "")));
  };
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, text::piece_size(text));
    text.remove_prefix(piece.size());
    const bool is_shown = is_shown_as_it_is(piece) || (plain && is_white(piece));
    // A shell drops the line ends that such an output ends with: they bring what follows along.
    if (!is_shown || hidden.ends_with(kLineEnd)) {
      hidden += in_octal(piece);
      continue;
    }
    end_hidden();
    if (piece == "'") {
      word.add_outside("\\'");
    } else {
      word.add(piece);
    }
  }
  std::string line_ends;
  while (hidden.ends_with(kLineEnd)) {
    hidden.resize(hidden.size() - kLineEnd.size());
    line_ends += '\n';
  }
  end_hidden();
  if (!line_ends.empty()) word.add(line_ends);
  return word.take();
}

bool is_plain_text(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, text::piece_size(bytes));
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

}  // namespace demo::ctl
