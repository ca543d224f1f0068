#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace demo {

// The democtl(1) commands that lead from a daemon with default settings and no listener to this state:
// settings first, then pools with their backends, then listeners. Each one is quoted for a POSIX shell; a
// quoted value may hold line ends. A worker count that an explicit core list outweighs is left out; a body
// that is no text (or too long for a command line) becomes a comment that says so.
std::vector<std::string> export_commands(const Config& config);

}  // namespace demo
