#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "format/output.h"
#include "rpc_call/target.h"
#include "verb/verb.h"

namespace demo::ctl {

// What the options of every verb say.
struct Settings {
  std::string target;  // as given; empty: DEMOCTL_TARGET, then the default sockets
  TlsFiles tls;
  Output output = Output::kTable;
  std::vector<std::string> fields;  // empty: all
  std::string sort;                 // as order_text() writes it; empty: as the daemon says it
  std::optional<std::chrono::milliseconds> timeout;
};

// The options themselves. The settings outlive the arguments.
std::vector<Argument> global_arguments(Settings& settings);

}  // namespace demo::ctl
