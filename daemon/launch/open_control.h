#pragma once

#include <memory>
#include <optional>

#include "control/control_server.h"
#include "supervisor/start/flags.h"
#include "supervisor/supervisor.h"

namespace demo {

// What the flags say of control over TCP; unset: there is none.
std::optional<ControlTcpOptions> control_tcp_options(const Flags& flags);

// The API at the paths and addresses of the flags, or of the options. Error: as ControlServer::open(), and
// kResourceExhausted where there can be no threads for it.
Result<std::unique_ptr<ControlServer>> open_control(const Flags& flags, Supervisor& supervisor);
Result<std::unique_ptr<ControlServer>> open_control(ControlOptions options, Supervisor& supervisor);

}  // namespace demo
