#include "verb/parser.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "cli/command_line.h"
#include "text/value_form.h"
#include "values/closest_word.h"
#include "verb/meaning.h"
#include "verb/no_such_option.h"

namespace demo::ctl {
namespace {

const MeaningOf kItself;

// Positions of the words that are neither options that may precede the verb nor their values, two at most.
std::vector<std::size_t> verb_positions(const std::vector<std::string>& words, const CommandTable& table,
                                        const std::vector<Argument>& global) {
  constexpr std::size_t kMostWords = 2;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < words.size() && positions.size() < kMostWords; ++i) {
    if (words[i] == "--") break;
    if (!words[i].starts_with('-') || words[i] == "-") {
      positions.push_back(i);
      continue;
    }
    const auto argument =
        std::find_if(global.begin(), global.end(), [&](const Argument& a) { return a.is_named(words[i]); });
    // An option of the verb itself: the verb is already behind us, or follows the value.
    if (argument == global.end() && !positions.empty()) break;
    if (argument == global.end() ? takes_value_somewhere(words[i], table) : !argument->is_flag()) ++i;
  }
  return positions;
}

struct Found {
  Command* command = nullptr;
  std::vector<std::size_t> positions;  // of the verb's words
};

Found find(const std::vector<std::string>& words, const CommandTable& table,
           const std::vector<Argument>& global) {
  const std::vector<std::size_t> positions = verb_positions(words, table, global);
  if (positions.empty()) return {};
  const std::string& first = words[positions[0]];
  const std::string both = positions.size() < 2 ? first : first + " " + words[positions[1]];
  std::vector<std::string> verbs;
  for (const auto& command : table) {
    const std::string& name = command->verb().name;
    if (name == first) return {command.get(), {positions[0]}};
    if (name == both) return {command.get(), positions};
    if (!command->verb().hidden) verbs.push_back(name.substr(0, name.find(' ')));
  }
  if (const auto family = family_of(first, table); !family.empty()) {
    const std::string wanted = fmt::format("{} needs one of {}", first, fmt::join(family, ", "));
    if (positions.size() < 2) throw usage_failure(wanted);
    const std::string& second = words[positions[1]];
    throw usage_failure(fmt::format("{}, not \"{}\"{}", wanted, second, did_you_mean(second, family)));
  }
  const std::string meant = did_you_mean(first, verbs);
  throw usage_failure(
      fmt::format("there is no verb \"{}\"{}", first, meant.empty() ? ": democtl help lists them" : meant));
}

// The name of the option as the words spell it, the last time that they do: "-o" of "-o", "-ojson" and
// "--output" of "--output=json". Empty when it is not among them. words: those that may spell options.
std::string spelling(const Argument& argument, const std::vector<std::string>& words) {
  std::string typed;
  for (const std::string& word : words) {
    const bool is_short = word.size() > 2 && word.front() == '-' && word[1] != '-';
    const std::string name = is_short ? word.substr(0, 2) : word.substr(0, word.find('='));
    if (argument.is_named(name)) typed = name;
  }
  return typed;
}

// What the words give an argument, told apart by who owns it.
class Taker {
 public:
  // verb: that it is an argument of; null: of every one. meaning_of outlives the parsing.
  Taker(const Argument& argument, const Verb* verb, const std::vector<std::string>& words,
        const MeaningOf& meaning_of)
      : argument_(argument),
        of_verb_(verb != nullptr),
        name_(argument.positional ? name_in_errors(argument, *verb) : spelling(argument, words)),
        meaning_of_(meaning_of) {}

  void operator()(const std::vector<std::string>& values) const {
    check_number(values);
    for (const std::string& value : values) {
      try {
        check_known(value);
        argument_.take(meaning_of_ ? meaning_of_(argument_.placeholder, value) : value);
      } catch (const Failure& failure) {
        throw Failure(failure.code(), fmt::format("{}: {}", name_, failure.message()), "", failure.more());
      }
    }
  }

 private:
  // The last one counts for options of every verb, so that an alias can have some; one of the verb itself
  // would be lost in silence.
  void check_number(const std::vector<std::string>& values) const {
    if (argument_.positional || !of_verb_) return;
    for (std::size_t i = 1; i < values.size(); ++i) {
      if (!argument_.repeats) {
        throw usage_failure(fmt::format("{}: given twice, \"{}\" and \"{}\": leave one of them out", name_,
                                        values[i - 1], values[i]));
      }
      const auto before = values.begin() + static_cast<std::ptrdiff_t>(i);
      if (!argument_.same_again && std::find(values.begin(), before, values[i]) != before) {
        throw usage_failure(fmt::format("{}: \"{}\" is given twice", name_, values[i]));
      }
    }
  }

  void check_known(const std::string& value) const {
    // Nothing has an empty name, and "no filter" would be the opposite of what was meant.
    constexpr std::array<std::string_view, 8> kNames{"LISTENER", "BACKEND",  "POOL",   "WORKER",
                                                     "ADDRESS",  "ENDPOINT", "COLUMN", "TARGET"};
    if (value.empty() && std::find(kNames.begin(), kNames.end(), argument_.placeholder) != kNames.end()) {
      throw usage_failure(fmt::format("\"\" is no {}", argument_.placeholder));
    }
    const std::vector<std::string>& words = argument_.words;
    if (words.empty() || argument_.other_words || std::find(words.begin(), words.end(), value) != words.end())
      return;
    throw usage_failure(not_one_of(value, words));
  }

  const Argument& argument_;
  const bool of_verb_;
  const std::string name_;
  const MeaningOf& meaning_of_;
};

cli::Values values_of(const Argument& argument, bool of_verb) {
  if (argument.is_flag()) return cli::Values::kNone;
  if (argument.repeats && argument.positional) return cli::Values::kFollowing;
  return of_verb ? cli::Values::kEach : cli::Values::kLast;
}

// position: among all arguments; gives a positional one its name.
cli::Option option_of(const Argument& argument, std::size_t position, const Verb* verb,
                      const std::vector<std::string>& words, const MeaningOf& meaning_of) {
  cli::Option option{.names = argument.positional ? fmt::format("positional{}", position) : argument.name,
                     .value = argument.placeholder,
                     .values = values_of(argument, verb != nullptr),
                     .take = [&argument](const std::vector<std::string>&) { argument.take(""); }};
  if (!argument.is_flag()) option.take = Taker(argument, verb, words, meaning_of);
  return option;
}

[[noreturn]] void throw_unexpected(const Verb* verb, const CommandTable& table,
                                   const std::vector<Argument>& global, const std::string& word) {
  if (word.starts_with('-') && word != "-") throw no_such_option(word, verb, table, global);
  if (verb == nullptr) throw usage_failure(fmt::format("\"{}\": a verb comes before --", word));
  throw usage_failure(fmt::format("{}: \"{}\" is one argument too many", verb->name, word));
}

// What the argument takes, every word where these are all.
std::string form_of(const Argument& argument) {
  if (argument.words.empty()) return text::value_form(argument.placeholder);
  return fmt::format("{}, one of {}", argument.placeholder, fmt::join(argument.words, ", "));
}

// "--output needs a value: one of table, wide or json", "--pool needs a value: POOL".
[[noreturn]] void throw_valueless(const std::string& name, const Argument& option) {
  throw usage_failure(fmt::format("{} needs a value: {}", name, form_of(option)));
}

void check_required(const Verb& verb, std::size_t given) {
  std::size_t position = 0;
  for (const Argument& argument : verb.arguments) {
    if (!argument.positional) continue;
    if (argument.required && position >= given) {
      throw usage_failure(fmt::format("{} needs {}", verb.name, form_of(argument)));
    }
    ++position;
  }
}

// The words that may spell options: none that is the value of the one before, whatever it looks like. Throws
// what the library would not say in our words: of an option without its value ("--pool" at the end,
// "--pool="), and of a flag with one, which would be on whatever the value says.
std::vector<std::string> option_words(const std::vector<std::string>& words,
                                      const std::vector<const Argument*>& arguments) {
  const auto option_of = [&](std::string_view name) {
    const auto found = std::find_if(arguments.begin(), arguments.end(),
                                    [&](const Argument* argument) { return argument->is_named(name); });
    return found == arguments.end() ? nullptr : *found;
  };
  std::vector<std::string> spelled;
  const Argument* open = nullptr;  // takes the next word, whatever that looks like
  for (const std::string& word : words) {
    if (std::exchange(open, nullptr) != nullptr) continue;
    if (word == "--") return spelled;
    spelled.push_back(word);
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(0, equals);
    const Argument* const option = option_of(name);
    if (option == nullptr) continue;
    if (option->is_flag() && equals < word.size()) {
      throw usage_failure(fmt::format("{} takes no value: leave {} out", name, word.substr(equals)));
    }
    if (option->is_flag()) continue;
    if (equals + 1 == word.size()) throw_valueless(name, *option);
    if (equals == word.size()) open = option;
  }
  if (open != nullptr) {
    throw_valueless(words.back(), *open);
  }
  return spelled;
}

}  // namespace

std::vector<std::string> family_of(const std::string& first, const CommandTable& table) {
  std::vector<std::string> family;
  for (const auto& command : table) {
    const std::string& name = command->verb().name;
    if (name.starts_with(first + " ")) family.push_back(name.substr(first.size() + 1));
  }
  return family;
}

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
  if (help) {
    const std::vector<std::size_t> first = verb_positions(words, table, global);
    if (first.size() == 1 && !family_of(words[first[0]], table).empty()) {
      return {.help = true, .family = words[first[0]]};
    }
    return {.command = find(words, table, global).command, .help = true};
  }
  const Found found = find(words, table, global);

  std::vector<std::string> rest;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (std::find(found.positions.begin(), found.positions.end(), i) == found.positions.end())
      rest.push_back(words[i]);
  }
  const Verb* verb = found.command == nullptr ? nullptr : &found.command->verb();
  // The values are handed over in this order.
  std::vector<const Argument*> arguments;
  for (const Argument& argument : global) arguments.push_back(&argument);
  if (verb != nullptr) {
    for (const Argument& argument : verb->arguments) arguments.push_back(&argument);
  }
  const std::vector<std::string> spelled = option_words(words, arguments);
  std::vector<cli::Option> options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool of_verb = i >= global.size();
    options.push_back(
        option_of(*arguments[i], i, of_verb ? verb : nullptr, spelled, of_verb ? meaning_of : kItself));
  }
  const cli::Outcome outcome = cli::read_command_line("democtl", options, std::move(rest));
  if (!outcome.problem.empty()) {
    throw usage_failure(verb == nullptr ? outcome.problem
                                        : fmt::format("{}: {}", verb->name, outcome.problem));
  }
  for (const std::string& extra : outcome.extra) {
    if (extra != "--") throw_unexpected(verb, table, global, extra);
  }
  if (verb != nullptr) check_required(*verb, outcome.positional);
  Parsed parsed{.command = found.command};
  for (const Argument* argument : arguments) {
    if (argument->positional) continue;
    if (std::string typed = spelling(*argument, spelled); !typed.empty()) {
      parsed.given[argument->long_name()] = std::move(typed);
    }
  }
  return parsed;
}

}  // namespace demo::ctl
