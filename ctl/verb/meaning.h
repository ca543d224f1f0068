#pragma once

#include <functional>
#include <string>
#include <vector>

#include "verb/parser.h"

namespace demo::ctl {

// What the user means by a value of the kind that a placeholder names: "LISTENER", "BACKEND", "POOL".
using MeaningOf = std::function<std::string(const std::string& kind, const std::string& text)>;

// parse() of verb/parser.h that hands over what is meant. Global arguments are taken before those of the
// verb. meaning_of: unset, each value means itself.
Parsed parse(const std::vector<std::string>& words, const CommandTable& table,
             const std::vector<Argument>& global, const MeaningOf& meaning_of);

}  // namespace demo::ctl
