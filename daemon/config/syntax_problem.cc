#include "config/syntax_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/duplicate_key.h"
#include "config/header_text.h"
#include "config/problems.h"
#include "config/toml_mistake.h"
#include "config/toml_text.h"
#include "text/cut.h"
#include "text/digits.h"

namespace demo {
namespace {

// A value without quotes that no TOML value looks like: "15s", "reuseport", "10.0.0.1:80", ":80".
struct BareWord {
  std::string_view key;
  std::string_view word;
  std::uint32_t key_column;  // from 1, as the next one
  std::uint32_t column;
};

std::optional<BareWord> bare_word(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view key = without_blanks(line.substr(0, equals));
  const std::string_view rest = line.substr(equals + 1);
  const std::string_view word = without_blanks(rest.substr(0, rest.find('#')));
  if (key.empty() || key.front() == '[' || word.empty()) return std::nullopt;
  const auto quotes_of = [](std::string_view text) {
    return std::ranges::count_if(text, [](char c) { return c == '"' || c == '\''; });
  };
  // The value may be a part of a name whose end is missing.
  if (quotes_of(key) % 2 != 0 || quotes_of(word) > 1 || word.find_first_of("{},=") != std::string_view::npos)
    return std::nullopt;
  const auto column_of = [line](std::string_view part) {
    return static_cast<std::uint32_t>(part.data() - line.data() + 1);
  };
  return BareWord{key, word, column_of(key), column_of(word)};
}

std::string without_quotes(std::string_view word) {
  std::string text(word);
  std::erase_if(text, [](char c) { return c == '"' || c == '\''; });
  return text;
}

// The last header at or above the line, "[workers]", behind the one of the list's element that it is in.
std::string headers_above(const SourceText& source, std::uint32_t number) {
  std::string_view header;
  for (; number > 0 && header.empty(); --number) {
    if (const std::string_view line = without_blanks(source.line(number)); line.starts_with('['))
      header = line;
  }
  for (const std::string_view list : {"pool", "listener"}) {
    const std::string inner = fmt::format("{}.", list);
    if (header.starts_with("[" + inner) || header.starts_with("[[" + inner)) {
      return fmt::format("[[{}]]\n{}\n", list, header);
    }
  }
  return fmt::format("{}\n", header);
}

// What the word, which is right in quotes, lacks.
std::string lacking(std::string_view word) {
  if (text::is_digits(word)) {
    return fmt::format("a number over {} must be in quotes", std::numeric_limits<std::int64_t>::max());
  }
  return word.find_first_of("\"'") == std::string_view::npos ? "a text must be in quotes"
                                                             : "a quote is missing";
}

// What would be wrong with the word if it were a text in quotes; nothing when it were right so.
std::optional<FileProblem> problem_in_quotes(const SourceText& source, std::uint32_t line,
                                             const BareWord& bare) {
  const std::string text = fmt::format("{}{} = {}\n", headers_above(source, line), bare.key,
                                       toml_string(without_quotes(bare.word)));
  const auto last = static_cast<std::uint32_t>(std::ranges::count(text, '\n'));
  const auto reads_nothing = [](const std::string&) -> Result<std::string> { return std::string(); };
  try {
    const toml::table root = toml::parse(text);
    Config config;
    std::vector<FileProblem> problems;
    FileKeys keys;
    read_config_table(root, SourceText(text), reads_nothing, config, problems, keys);
    for (FileProblem& problem : problems) {
      if (problem.place.line == last) return std::move(problem);
    }
  } catch (const toml::parse_error&) {
    // Then what is wrong is not the value.
  }
  return std::nullopt;
}

}  // namespace

FileProblem syntax_problem(const SourceText& source, FilePlace place, std::string_view why) {
  if (auto twice = duplicate_problem(source, place.line, why)) return *std::move(twice);
  const auto bare = bare_word(source.line(place.line));
  // What is wrong in front of the value is no matter of quotes.
  const bool is_value = bare && place.column >= bare->column;
  const bool is_bracket = is_value && bare->word.find_first_of("[]") != std::string_view::npos;
  auto in_quotes = is_value ? problem_in_quotes(source, place.line, *bare) : std::nullopt;
  if (is_value && !(is_bracket && in_quotes)) {
    place.column = bare->column;
    if (in_quotes && bare->word.find_first_of("\"'") == std::string_view::npos) {
      if (in_quotes->place.column == 1) {  // of the key, which begins the line there
        place.column = bare->key_column;
      }
      if (text::is_digits(bare->word) && bare->word.starts_with('0')) {
        const std::string& field = in_quotes->error.field;
        return {place, invalid(field, std::string(bare->word),
                               problem_text(field, bare->word, "a number does not begin with 0"))};
      }
      return {place, std::move(in_quotes->error)};
    }
    const std::string key = text::cut(bare->key);
    const std::string word = text::cut(bare->word);
    const std::string quoted = text::cut(without_quotes(bare->word));
    return {place,
            invalid(key, word,
                    fmt::format("{} is {}: {}, {} = \"{}\"", key, word, lacking(bare->word), key, quoted))};
  }
  const bool at_line_end = source.between({place.line, place.column}, {place.line + 1, 1}).empty();
  return {place, invalid("", "", fmt::format("this is no TOML: {}", toml_mistake(why, at_line_end)))};
}

}  // namespace demo
