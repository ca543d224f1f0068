#pragma once

#include <string>
#include <vector>

#include "invocation/console.h"

namespace demo::ctl {

// The whole program but for process matters: reads the words after "democtl", does what they say, prints to
// the console, returns the exit code of democtl(1). Never throws.
int run(const std::vector<std::string>& words, Console& console);

}  // namespace demo::ctl
