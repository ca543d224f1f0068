#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "failure.h"
#include "verb/parser.h"

namespace demo::ctl {

// Whether the word names an option that takes a value, with each verb that has one of the name.
bool takes_value_somewhere(std::string_view word, const CommandTable& table);

// What is wrong about an option that the verb (null: democtl alone) does not have: which other verbs have one
// of that very name, or which one was likely meant of those that may stand there. word: as it was typed, with
// "=VALUE" where it had one.
Failure no_such_option(const std::string& word, const Verb* verb, const CommandTable& table,
                       const std::vector<Argument>& global);

}  // namespace demo::ctl
