#include "verb/no_such_option.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>

#include "values/closest_word.h"

namespace demo::ctl {
namespace {

// More verbs than these are counted, not named.
constexpr std::size_t kVerbsNamed = 3;

const Argument* option_of(const Verb& verb, std::string_view name) {
  const auto found = std::find_if(verb.arguments.begin(), verb.arguments.end(),
                                  [&](const Argument& argument) { return argument.is_named(name); });
  return found == verb.arguments.end() ? nullptr : &*found;
}

// "an option of stats", "an option of add-pool, set-pool, backends and 4 other verbs". Empty when no verb has
// it.
std::string owners_of(std::string_view name, const CommandTable& table) {
  std::vector<std::string> verbs;
  for (const auto& command : table) {
    const Verb& verb = command->verb();
    if (!verb.hidden && option_of(verb, name) != nullptr) verbs.push_back(verb.name);
  }
  if (verbs.empty()) return "";
  const std::size_t others = verbs.size() > kVerbsNamed + 1 ? verbs.size() - kVerbsNamed : 0;
  verbs.resize(verbs.size() - others);
  const std::string named = fmt::format("an option of {}", fmt::join(verbs, ", "));
  return others == 0 ? named : fmt::format("{} and {} other verbs", named, others);
}

}  // namespace

bool takes_value_somewhere(std::string_view word, const CommandTable& table) {
  bool takes = false;
  for (const auto& command : table) {
    const Argument* const option = option_of(command->verb(), word);
    if (option != nullptr && option->is_flag()) return false;
    takes |= option != nullptr;
  }
  return takes;
}

Failure no_such_option(const std::string& word, const Verb* verb, const CommandTable& table,
                       const std::vector<Argument>& global) {
  const std::string name = word.substr(0, word.find('='));
  const std::string owner = verb == nullptr ? "democtl" : verb->name;
  if (const std::string owners = owners_of(name, table); !owners.empty()) {
    const char* const place = verb == nullptr ? ": it stands behind the verb" : "";
    return usage_failure(fmt::format("{} has no option \"{}\", which is {}{}", owner, name, owners, place));
  }
  std::vector<std::string> names{"--help"};
  for (const Argument& argument : global) names.push_back(argument.long_name());
  if (verb != nullptr) {
    for (const Argument& argument : verb->arguments) {
      if (!argument.positional) names.push_back(argument.long_name());
    }
  }
  return usage_failure(fmt::format("{} has no option \"{}\"{}", owner, name, did_you_mean(name, names)));
}

}  // namespace demo::ctl
