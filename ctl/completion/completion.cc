#include "completion/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "invocation/option_use.h"

namespace demo::ctl {
namespace {

constexpr const char* kFileNames = "\tFILE";

using Words = std::vector<std::string>;

void add_if_begun(Words& found, std::string_view begun, const std::string& word,
                  const std::string& description) {
  if (!word.starts_with(begun)) return;
  found.push_back(description.empty() ? word : word + '\t' + description);
}

// Shells hand a word over as it was typed, with a backslash before each backslash and space.
std::string without_quoting(std::string_view word) {
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool quotes = word[i] == '\\' && i + 1 < word.size() && (word[i + 1] == '\\' || word[i + 1] == ' ');
    if (quotes) ++i;
    text += word[i];
  }
  return text;
}

// A list of columns of which the last one is begun: every one that is not there yet.
Words lists_of_columns(const Words& columns, std::string_view begun) {
  const std::size_t comma = begun.rfind(',');
  const std::string_view chosen = begun.substr(0, comma == std::string_view::npos ? 0 : comma + 1);
  const std::string before = fmt::format(",{}", chosen);
  Words found;
  for (const std::string& column : columns) {
    if (before.find(fmt::format(",{},", column)) != std::string::npos) continue;
    add_if_begun(found, begun, fmt::format("{}{}", chosen, column), "");
  }
  return found;
}

Words orders_of_columns(const Words& columns, std::string_view begun) {
  Words found;
  for (const std::string& column : columns) {
    add_if_begun(found, begun, column, "");
    add_if_begun(found, begun, column + ":desc", "");
  }
  return found;
}

// What the line holds before the word that is completed.
struct Line {
  Words plain;                       // verb and positionals
  const Argument* open = nullptr;    // an option that waits for its value
  std::string pool;                  // what --pool says
  std::set<std::string> given = {};  // options by their long names
};

// Values of an argument: the words of "a|b|c", columns of the verb, live names of "POOL", files of "FILE".
Words values_of(const Argument& argument, const Verb* verb, std::string_view begun, const Line& line,
                const LiveNames& live) {
  Words found;
  const std::string& placeholder = argument.placeholder;
  for (const std::string& word : argument.words) add_if_begun(found, begun, word, "");
  for (const std::string& name : argument.other_names) {
    if (std::ranges::find(argument.words, name) == argument.words.end()) add_if_begun(found, begun, name, "");
  }
  if (!argument.words.empty()) return found;
  if (placeholder.starts_with("COLUMN")) {
    if (verb == nullptr) return {};
    const Words columns = verb->columns_with ? verb->columns_with(line.given) : verb->columns;
    return placeholder == "COLUMN" ? orders_of_columns(columns, begun) : lists_of_columns(columns, begun);
  }
  if (placeholder.starts_with("FILE")) return {kFileNames};
  for (const char* kind : {"LISTENER", "BACKEND", "POOL", "WORKER"}) {
    if (placeholder != kind) continue;
    const std::string meant = without_quoting(begun);
    for (const std::string& name : live(kind, line.pool)) add_if_begun(found, meant, name, "");
    return found;
  }
  if (placeholder.empty() || std::islower(static_cast<unsigned char>(placeholder.front())) == 0) return found;
  for (const std::string& word : argument.listed_words()) add_if_begun(found, begun, word, "");
  return found;
}

const Argument* option_named(const std::vector<Argument>& arguments, std::string_view word) {
  for (const Argument& argument : arguments) {
    if (argument.is_named(word)) return &argument;
  }
  return nullptr;
}

// Verbs, or the second words of a family when the first one is there.
Words verbs(const Words& before, std::string_view begun, const CommandTable& table) {
  Words found;
  for (const auto& command : table) {
    const Verb& verb = command->verb();
    if (verb.hidden) continue;
    const std::size_t space = verb.name.find(' ');
    const std::string first = verb.name.substr(0, space);
    if (!before.empty()) {
      if (space != std::string::npos && first == before.front()) {
        add_if_begun(found, begun, verb.name.substr(space + 1), verb.summary);
      }
    } else if (space == std::string::npos) {
      add_if_begun(found, begun, verb.name, verb.summary);
    } else if (std::none_of(found.begin(), found.end(),
                            [&](const std::string& word) { return word.starts_with(first + '\t'); })) {
      add_if_begun(found, begun, first, "show, compare, save, apply, reset the desired state");
    }
  }
  return found;
}

// What follows help: what could be a verb in its place, and the columns.
Words topics(const Words& plain, std::string_view begun, const CommandTable& table) {
  const Words topic(plain.begin() + 1, plain.end());
  Words found = verbs(topic, begun, table);
  if (topic.empty()) add_if_begun(found, begun, "columns", "what the columns of tables mean");
  return found;
}

// "--mode=tcp", whose value stands behind the sign.
std::size_t value_sign(std::string_view word) {
  return word.starts_with("--") ? word.find('=') : std::string_view::npos;
}

Line read_line(const Words& before, const std::vector<Argument>& options) {
  Line line;
  const auto take = [&line](const Argument& option, const std::string& value) {
    if (option.long_name() == "--pool") line.pool = value;
  };
  for (const std::string& word : before) {
    if (line.open != nullptr) {
      take(*std::exchange(line.open, nullptr), word);
    } else if (word.starts_with('-') && word != "-") {
      const std::size_t sign = value_sign(word);
      const Argument* option = option_named(options, word.substr(0, sign));
      if (option == nullptr) continue;
      line.given.insert(option->long_name());
      if (option->is_flag()) continue;
      if (sign == std::string::npos) {
        line.open = option;
      } else {
        take(*option, word.substr(sign + 1));
      }
    } else {
      line.plain.push_back(word);
    }
  }
  return line;
}

const Verb* verb_of(const Words& plain, const CommandTable& table) {
  for (const auto& command : table) {
    const std::string& name = command->verb().name;
    if (!plain.empty() && name == plain[0]) return &command->verb();
    if (plain.size() > 1 && name == plain[0] + ' ' + plain[1]) return &command->verb();
  }
  return nullptr;
}

Words option_names(const std::vector<Argument>& options, std::string_view begun) {
  Words found;
  for (const Argument& argument : options) {
    if (!argument.positional) add_if_begun(found, begun, argument.long_name(), argument.help);
  }
  add_if_begun(found, begun, "--help", "tell more, with examples");
  return found;
}

}  // namespace

std::vector<std::string> complete(const std::vector<std::string>& words, const CommandTable& table,
                                  const std::vector<Argument>& global, const LiveNames& live) {
  if (words.empty()) return {};
  const std::string& begun = words.back();
  const Words before(words.begin(), words.end() - 1);
  Line line = read_line(before, global);
  const Verb* verb = verb_of(line.plain, table);
  std::vector<Argument> options;
  if (verb != nullptr) options = verb->arguments;
  std::vector<Argument> offered = options;
  for (const Argument& argument : global) {
    options.push_back(verb == nullptr ? argument : as_taken_by(*verb, argument));
    if (verb == nullptr || means_something(argument, *verb)) offered.push_back(argument);
  }
  line = read_line(before, options);
  if (line.open != nullptr) return values_of(*line.open, verb, begun, line, live);
  if (const std::size_t sign = value_sign(begun); sign != std::string::npos) {
    const Argument* option = option_named(options, begun.substr(0, sign));
    if (option == nullptr || option->is_flag()) return {};
    Words found = values_of(*option, verb, begun.substr(sign + 1), line, live);
    for (std::string& word : found) {
      if (word != kFileNames) word.insert(0, begun, 0, sign + 1);
    }
    return found;
  }
  if (begun.starts_with('-')) return option_names(offered, begun);
  if (verb == nullptr) return verbs(line.plain, begun, table);
  if (verb->name == "help") return topics(line.plain, begun, table);

  const auto words_of_verb = 1 + std::count(verb->name.begin(), verb->name.end(), ' ');
  std::size_t position =
      line.plain.size() - std::min<std::size_t>(line.plain.size(), static_cast<std::size_t>(words_of_verb));
  for (const Argument& argument : verb->arguments) {
    if (!argument.positional) continue;
    if (position == 0 || argument.repeats) return values_of(argument, verb, begun, line, live);
    --position;
  }
  return option_names(offered, begun);
}

}  // namespace demo::ctl
