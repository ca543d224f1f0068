#pragma once

#include <string>
#include <vector>

#include "demo/control/v1/config.pb.h"
#include "invocation/api.h"

namespace demo::ctl {

// The democtl(1) commands that lead from a daemon with default settings and no listener to this state, as
// GetConfig tells it: settings first, then pools with their backends, then listeners. Each one is quoted for
// a POSIX shell; a quoted value may hold line ends. A worker count that an explicit core list outweighs is
// left out; a body that is no text (or too long for a command line) comes through a pipe. Pure.
std::vector<std::string> export_commands(const api::Config& config);

}  // namespace demo::ctl
