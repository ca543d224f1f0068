#pragma once

#include <string_view>

#include "config/table_reader.h"

namespace demo {

// A file that is no TOML, told in our words: the parser found `why` at the place. A text without quotes,
// which the parser takes for a number or a date, is named as what it is.
FileProblem syntax_problem(const SourceText& source, FilePlace place, std::string_view why);

}  // namespace demo
