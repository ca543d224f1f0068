#include "invocation/option_use.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "format/column_choice.h"
#include "format/output.h"
#include "values/field_value.h"

namespace demo::ctl {
namespace {

[[noreturn]] void refuse(const std::string& typed, const Verb& verb, std::string_view why) {
  throw usage_failure(fmt::format("{}: means nothing to {}, {}", typed, verb.name, why));
}

using Path = std::vector<std::string>;

// "listeners.[::1]:80.kernel.defer_accept_s" as steps. The last names decide, so that dots of an address in
// front of them do no harm. Seconds and microseconds are durations in requests, the address of a backend its
// endpoint (demo.control.v1).
Path steps_of(std::string_view field) {
  Path steps;
  while (!field.empty()) {
    const std::size_t dot = std::min(field.find('.'), field.size());
    const std::string_view step =
        without_unit(field.substr(0, std::min(field.substr(0, dot).find('['), dot)));
    steps.emplace_back(step == "endpoint" ? "address" : step);
    field.remove_prefix(std::min(dot + 1, field.size()));
  }
  return steps;
}

std::size_t equal_at_end(const Path& a, const Path& b) {
  std::size_t count = 0;
  while (count < a.size() && count < b.size() && a[a.size() - 1 - count] == b[b.size() - 1 - count]) ++count;
  return count;
}

// The argument that fills the field: of those that end alike the one with most steps, then one that was
// given. Null when none does.
const Argument* argument_of(const std::string& field, const Parsed& parsed) {
  const Path wanted = steps_of(field);
  const Argument* best = nullptr;
  std::size_t best_score = 1;
  for (const Argument& argument : parsed.command->verb().arguments) {
    if (argument.field.empty()) continue;
    const bool given = argument.positional || parsed.given.contains(argument.long_name());
    const std::size_t score = 2 * equal_at_end(wanted, steps_of(argument.field)) + (given ? 1 : 0);
    if (score <= best_score) continue;
    best = &argument;
    best_score = score;
  }
  return best;
}

bool prints_as(Output output, const Verb& verb) {
  const bool rows = output == Output::kWide || output == Output::kCsv;
  if (output == Output::kToml) return verb.prints == Prints::kConfiguration;
  return !rows || verb.prints == Prints::kRows;
}

}  // namespace

std::string_view why_useless(std::string_view option, const Verb& verb) {
  if (option == "--output" && verb.prints == Prints::kText)
    return "which prints a text or a screen of its own";
  if ((option == "--fields" || option == "--sort") && verb.columns.empty()) return "which prints no rows";
  if (option == "--sort" && verb.keeps_order) return "whose rows have an order of their own";
  return "";
}

bool means_something(const Argument& option, const Verb& verb) {
  return why_useless(option.long_name(), verb).empty() && !(option.of_connection && verb.asks_nobody);
}

Argument as_taken_by(const Verb& verb, Argument option) {
  if (option.long_name() != "--output") return option;
  std::string words;
  for (const std::string& word : option.listed_words()) {
    if (prints_as(parse_output(word), verb)) words += (words.empty() ? "" : "|") + word;
  }
  option.placeholder = std::move(words);
  return option;
}

void check_option_use(const Parsed& parsed, const Settings& settings) {
  const Verb& verb = parsed.command->verb();
  for (const auto& [option, typed] : parsed.given) {
    if (const std::string_view why = why_useless(option, verb); !why.empty()) refuse(typed, verb, why);
    if (option != "--output" || prints_as(settings.output, verb)) continue;
    if (settings.output == Output::kToml) {
      throw usage_failure(fmt::format(
          "{} toml: only config show prints a configuration file; use table, wide, json, jsonl or csv",
          typed));
    }
    refuse(typed, verb,
           verb.prints == Prints::kConfiguration ? "which prints no rows: use table, json, jsonl or toml"
                                                 : "which prints no rows: use table, json or jsonl");
  }
  for (const std::string& name : settings.fields) check_column(name, verb.columns, "--fields");
  if (!settings.sort.empty()) check_column(parse_order(settings.sort).column, verb.columns, "--sort");
}

namespace {

// Of a list's element, "cores[1]", the list is what was typed.
std::string without_places(std::string field) {
  for (std::size_t begin = 0; (begin = field.find('[')) != std::string::npos;) {
    field.erase(begin, field.find(']', begin) - begin + 1);
  }
  return field;
}

// As it was typed, or as errors call one that was not given.
std::string typed_name(const Argument& argument, const Parsed& parsed) {
  const auto given = parsed.given.find(argument.long_name());
  return given == parsed.given.end() ? name_in_errors(argument, parsed.command->verb()) : given->second;
}

// Whether the word can be nothing but the name of a field: "base_time", "client_timeouts.head".
bool is_field_name(std::string_view word) {
  const auto is_part = [](char c) { return c == '_' || c == '.' || (c >= 'a' && c <= 'z'); };
  return word.find_first_of("_.") != std::string_view::npos && std::ranges::all_of(word, is_part);
}

// The sentence with the options that fill the fields it speaks of, in place of these; what it quotes stays.
std::string with_options(std::string_view sentence, const Parsed& parsed) {
  std::string text;
  bool quoted = false;
  while (!sentence.empty()) {
    const std::size_t length = std::min(sentence.find_first_of("\" ,;:"), sentence.size());
    const std::string_view word = sentence.substr(0, length);
    const Argument* argument =
        quoted || !is_field_name(word) ? nullptr : argument_of(std::string(word), parsed);
    text += argument == nullptr ? std::string(word) : typed_name(*argument, parsed);
    sentence.remove_prefix(length);
    if (sentence.empty()) break;
    if (sentence.front() == '"') quoted = !quoted;
    text += sentence.front();
    sentence.remove_prefix(1);
  }
  return text;
}

// A sentence about the field in the words of who typed the line; as it is where no argument fills the field.
std::string retold(const std::string& sentence, const std::string& field, const Parsed& parsed) {
  const Argument* argument = field.empty() ? nullptr : argument_of(without_places(field), parsed);
  if (argument == nullptr) return sentence;
  // "FIELD is "VALUE": WHY", "FIELD: WHY" and "FIELD is missing".
  std::string_view rest = sentence;
  if (rest.starts_with(field)) {
    rest.remove_prefix(field.size());
    if (rest.starts_with(" is \"")) rest.remove_prefix(std::string_view(" is ").size());
    if (rest.starts_with(": ")) rest.remove_prefix(2);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  return fmt::format("{}: {}", typed_name(*argument, parsed), with_options(rest, parsed));
}

}  // namespace

Failure in_typed_words(const Failure& failure, const Parsed& parsed) {
  std::vector<std::string> more = failure.more();
  for (std::size_t i = 0; i < std::min(more.size(), failure.fields_of_more().size()); ++i) {
    more[i] = retold(more[i], failure.fields_of_more()[i], parsed);
  }
  return {failure.code(), retold(failure.message(), failure.field(), parsed), "", std::move(more)};
}

}  // namespace demo::ctl
