#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace demo {

// An error of a configuration file tells each thing that is wrong in a line of its message. One at least,
// without the line's end. Of other errors a line's end is a part of what somebody wrote. Pure.
std::vector<std::string> lines_of(const Error& error);

// All of them in one line, for what is told as an event or in a log. Pure.
std::string in_one_line(const Error& error);

}  // namespace demo
