#include "invocation/option_use.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "format/column_choice.h"

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
    std::string_view step = field.substr(0, std::min(field.substr(0, dot).find('['), dot));
    for (const std::string_view unit : {"_us", "_s"}) {
      if (step.ends_with(unit)) step.remove_suffix(unit.size());
    }
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

void check_option_use(const Parsed& parsed, const Settings& settings) {
  const Verb& verb = parsed.command->verb();
  for (const auto& [option, typed] : parsed.given) {
    if (const std::string_view why = why_useless(option, verb); !why.empty()) refuse(typed, verb, why);
    if (option == "--output" && settings.output == Output::kToml && verb.prints != Prints::kConfiguration) {
      throw usage_failure(fmt::format(
          "{} toml: only config show prints a configuration file; use table, wide, json, jsonl or csv",
          typed));
    }
    const bool columns = settings.output == Output::kWide || settings.output == Output::kCsv;
    if (option == "--output" && columns &&
        (verb.prints == Prints::kAnswer || verb.prints == Prints::kConfiguration)) {
      refuse(typed, verb,
             verb.prints == Prints::kConfiguration ? "which prints no rows: use table, json, jsonl or toml"
                                                   : "which prints no rows: use table, json or jsonl");
    }
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

}  // namespace

Failure in_typed_words(const Failure& failure, const Parsed& parsed) {
  if (failure.field().empty()) return failure;
  const Argument* argument = argument_of(without_places(failure.field()), parsed);
  if (argument == nullptr) return failure;
  const auto given = parsed.given.find(argument->long_name());
  const std::string name =
      given == parsed.given.end() ? name_in_errors(*argument, parsed.command->verb()) : given->second;
  // "FIELD is "VALUE": WHY", "FIELD: WHY" and "FIELD is missing".
  std::string_view rest = failure.message();
  if (rest.starts_with(failure.field())) {
    rest.remove_prefix(failure.field().size());
    if (rest.starts_with(" is \"")) rest.remove_prefix(std::string_view(" is ").size());
    if (rest.starts_with(": ")) rest.remove_prefix(2);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  return {failure.code(), fmt::format("{}: {}", name, rest), "", failure.more()};
}

}  // namespace demo::ctl
