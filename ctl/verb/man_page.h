#pragma once

#include <string>
#include <vector>

#include "verb/parser.h"

namespace demo::ctl {

// democtl(1) in the man(7) language, made of the same declarations as the help.
std::string man_page(const CommandTable& table, const std::vector<Argument>& global,
                     const std::string& version);

}  // namespace demo::ctl
