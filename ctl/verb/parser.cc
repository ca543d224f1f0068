#include "verb/parser.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <string_view>

#include "values/closest_word.h"
#include "verb/meaning.h"

namespace demo::ctl {
namespace {

const MeaningOf kItself;

// Whether the word is a spelling of the argument's name: "-o" and "--output" of "-o,--output".
bool names(const Argument& argument, std::string_view word) {
  if (argument.positional) return false;
  std::string_view rest = argument.name;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (rest.substr(0, comma) == word) return true;
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  }
  return false;
}

// Positions of the words that are neither global options nor their values, up to `count` of them.
std::vector<std::size_t> verb_positions(const std::vector<std::string>& words,
                                        const std::vector<Argument>& global, std::size_t count) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < words.size() && positions.size() < count; ++i) {
    if (words[i] == "--") break;
    if (!words[i].starts_with('-') || words[i] == "-") {
      positions.push_back(i);
      continue;
    }
    const auto argument =
        std::find_if(global.begin(), global.end(), [&](const Argument& a) { return names(a, words[i]); });
    if (argument != global.end() && !argument->is_flag()) ++i;
    // An option of the verb itself: the verb is already behind us or the line is wrong anyway.
    if (argument == global.end() && !positions.empty()) break;
  }
  return positions;
}

struct Found {
  Command* command = nullptr;
  std::vector<std::size_t> positions;  // of the verb's words
};

Found find(const std::vector<std::string>& words, const CommandTable& table,
           const std::vector<Argument>& global) {
  const std::vector<std::size_t> positions = verb_positions(words, global, 2);
  if (positions.empty()) return {};
  const std::string& first = words[positions[0]];
  const std::string both = positions.size() < 2 ? first : first + " " + words[positions[1]];
  std::vector<std::string> verbs;
  std::vector<std::string> family;
  for (const auto& command : table) {
    const std::string& name = command->verb().name;
    if (name == first) return {command.get(), {positions[0]}};
    if (name == both) return {command.get(), positions};
    if (name.starts_with(first + " ")) family.push_back(name.substr(first.size() + 1));
    if (!command->verb().hidden) verbs.push_back(name.substr(0, name.find(' ')));
  }
  if (!family.empty()) {
    const std::string wanted = fmt::format("{} needs one of {}", first, fmt::join(family, ", "));
    if (positions.size() < 2) throw usage_failure(wanted);
    const std::string& second = words[positions[1]];
    throw usage_failure(fmt::format("{}, not \"{}\"{}", wanted, second, did_you_mean(second, family)));
  }
  throw usage_failure(fmt::format("there is no verb \"{}\"{}", first, did_you_mean(first, verbs)));
}

// meaning_of outlives the parsing.
void add_argument(CLI::App& app, const Argument& argument, const MeaningOf& meaning_of) {
  if (argument.is_flag()) {
    app.add_flag_function(argument.name, [&argument](std::int64_t) { argument.take(""); });
    return;
  }
  const auto take_all = [&argument, &meaning_of](const CLI::results_t& values) {
    for (const std::string& value : values) {
      try {
        argument.take(meaning_of ? meaning_of(argument.placeholder, value) : value);
      } catch (const Failure& failure) {
        throw Failure(failure.code(), fmt::format("{}: {}", argument.long_name(), failure.message()));
      }
    }
    return true;
  };
  // CLI11 wants positional names without '|'.
  const std::string name =
      argument.positional ? fmt::format("positional{}", app.get_options().size()) : argument.name;
  CLI::Option* option = app.add_option(name, take_all);
  option->type_name(argument.placeholder);
  if (argument.repeats && argument.positional) {
    option->expected(1, -1)->allow_extra_args();
  } else {
    option->expected(1)->allow_extra_args(false);
    option->multi_option_policy(argument.repeats ? CLI::MultiOptionPolicy::TakeAll
                                                 : CLI::MultiOptionPolicy::TakeLast);
  }
}

[[noreturn]] void throw_unexpected(const Verb* verb, const std::vector<Argument>& global,
                                   const std::string& word) {
  const std::string owner = verb == nullptr ? "democtl" : verb->name;
  if (!word.starts_with('-') || word == "-") {
    throw usage_failure(fmt::format("{}: \"{}\" is one argument too many", owner, word));
  }
  std::vector<std::string> names{"--help"};
  for (const Argument& argument : global) names.push_back(argument.long_name());
  if (verb != nullptr) {
    for (const Argument& argument : verb->arguments) {
      if (!argument.positional) names.push_back(argument.long_name());
    }
  }
  throw usage_failure(fmt::format("{} has no option \"{}\"{}", owner, word, did_you_mean(word, names)));
}

void check_required(const Verb& verb, std::size_t given) {
  std::size_t position = 0;
  for (const Argument& argument : verb.arguments) {
    if (!argument.positional) continue;
    if (argument.required && position >= given) {
      throw usage_failure(fmt::format("{} needs {}", verb.name, argument.placeholder));
    }
    ++position;
  }
}

std::size_t positionals_given(const CLI::App& app) {
  const auto options =
      app.get_options([](const CLI::Option* o) { return o->get_positional() && o->count() > 0; });
  return options.size();
}

}  // namespace

Command* find_verb(const std::vector<std::string>& words, const CommandTable& table,
                   const std::vector<Argument>& global) {
  return find(words, table, global).command;
}

Parsed parse(const std::vector<std::string>& words, const CommandTable& table,
             const std::vector<Argument>& global) {
  return parse(words, table, global, kItself);
}

Parsed parse(const std::vector<std::string>& words, const CommandTable& table,
             const std::vector<Argument>& global, const MeaningOf& meaning_of) {
  const auto end = std::find(words.begin(), words.end(), "--");
  const bool help = std::any_of(words.begin(), end,
                                [](const std::string& word) { return word == "-h" || word == "--help"; });
  const Found found = find(words, table, global);
  if (help) return {found.command, true};

  std::vector<std::string> rest;
  for (std::size_t i = words.size(); i-- > 0;) {  // CLI11 takes them from the back
    if (std::find(found.positions.begin(), found.positions.end(), i) == found.positions.end())
      rest.push_back(words[i]);
  }
  const Verb* verb = found.command == nullptr ? nullptr : &found.command->verb();
  CLI::App app("democtl");
  app.set_help_flag();
  app.allow_extras();
  // CLI11 hands the values over in this order.
  for (const Argument& argument : global) add_argument(app, argument, kItself);
  if (verb != nullptr) {
    for (const Argument& argument : verb->arguments) add_argument(app, argument, meaning_of);
  }
  try {
    app.parse(std::move(rest));
  } catch (const CLI::ParseError& error) {
    throw usage_failure(fmt::format("{}: {}", verb == nullptr ? "democtl" : verb->name, error.what()));
  }
  for (const std::string& extra : app.remaining()) {
    if (extra != "--") throw_unexpected(verb, global, extra);
  }
  if (verb != nullptr) check_required(*verb, positionals_given(app));
  return {found.command, false};
}

}  // namespace demo::ctl
