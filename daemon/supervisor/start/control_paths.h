#pragma once

#include <string>

#include "base/result.h"

namespace demo {

// The sockets of the control API: beside control.sock it is monitor.sock, beside NAME it is monitor-NAME.
struct ControlPaths {
  std::string control;
  std::string monitor;
};

// The path that was asked for, or a default: /run/demo-server/control.sock for root,
// $XDG_RUNTIME_DIR/demo-server/control.sock for a user. Both empty for a user without one. Their folder is
// made where it is missing (mode 0755 for root, 0700 for a user), but not the folders above it. Error: the
// folder cannot be made.
Result<ControlPaths> choose_control_paths(const std::string& asked);

// The same for a path that was asked for, without making anything. Error: the folder could not be made.
Result<ControlPaths> check_control_paths(const std::string& asked);

}  // namespace demo
