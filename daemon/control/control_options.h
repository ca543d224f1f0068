#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "control/tls/control_tcp_options.h"

namespace demo {

// Where the daemon can be controlled and watched.
struct ControlOptions {
  std::string control_path;    // unix socket for Control and Monitor; empty: none
  std::string monitor_path;    // unix socket for Monitor alone; empty: none
  mode_t control_mode = 0660;  // the socket file's mode; its owner and group are the daemon's
  mode_t monitor_mode = 0666;
  std::optional<ControlTcpOptions> tcp;
  std::string version;  // what GetStatus reports
};

}  // namespace demo
