#include "config/syntax_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

namespace demo {
namespace {

std::string_view line_at(std::string_view text, std::uint32_t number) {
  for (; number > 1 && !text.empty(); --number)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find_first_of("\r\n"));
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A value without quotes that no TOML value looks like: "15s", "reuseport", "10.0.0.1:80", ":80".
struct BareWord {
  std::string_view key;
  std::string_view word;
  std::uint32_t column;  // from 1
};

std::optional<BareWord> bare_word(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view key = trim(line.substr(0, equals));
  const std::string_view rest = line.substr(equals + 1);
  const std::string_view word = trim(rest.substr(0, rest.find('#')));
  if (key.empty() || key.front() == '[' || word.empty()) return std::nullopt;
  const auto quotes = std::ranges::count_if(word, [](char c) { return c == '"' || c == '\''; });
  if (quotes > 1 || word.find_first_of("[]{},=") != std::string_view::npos) return std::nullopt;
  return BareWord{key, word, static_cast<std::uint32_t>(word.data() - line.data() + 1)};
}

// What is wrong with it, and how it is right.
std::string advice(std::string_view key, std::string_view word) {
  if (word == "yes" || word == "no" || word == "on" || word == "off") {
    return fmt::format("use true or false, or quotes for a text, {} = {}", key,
                       word == "yes" || word == "on");
  }
  if (word.find_first_not_of("0123456789") == std::string_view::npos) {
    return word.front() == '0' ? "a number does not begin with 0" : "too large a number";
  }
  std::string text(word);
  std::erase_if(text, [](char c) { return c == '"' || c == '\''; });
  return fmt::format("{}, {} = \"{}\"",
                     text.size() < word.size() ? "a quote is missing" : "a text must be in quotes", key,
                     text);
}

}  // namespace

FileProblem syntax_problem(std::string_view text, FilePlace place, std::string_view why) {
  const auto bare = bare_word(line_at(text, place.line));
  // What is wrong in front of the value is no matter of quotes.
  if (bare && place.column >= bare->column) {
    const std::string word(bare->word);
    return {{place.line, bare->column},
            invalid(std::string(bare->key), word,
                    fmt::format("{} is {}: {}", bare->key, word, advice(bare->key, word)))};
  }
  constexpr std::string_view kPrefix = "Error while parsing ";
  if (why.starts_with(kPrefix)) why.remove_prefix(kPrefix.size());
  return {place, invalid("", "", fmt::format("this is no TOML: {}", why))};
}

}  // namespace demo
