#pragma once

#include <memory>
#include <optional>

#include "control/control_server.h"
#include "supervisor/start/flags.h"
#include "supervisor/supervisor.h"

namespace demo {

// What the flags say of control over TCP; unset: there is none.
std::optional<ControlTcpOptions> control_tcp_options(const Flags& flags);

// The API at the paths and addresses of the flags, or of the options, with what was kept of a version before
// (ControlServer::hand_over()), which is taken out. Error: as ControlServer::open(), and
// kResourceExhausted where there can be no threads for it.
Result<std::unique_ptr<ControlServer>> open_control(const Flags& flags, Supervisor& supervisor,
                                                    NamedFds& kept);
Result<std::unique_ptr<ControlServer>> open_control(ControlOptions options, Supervisor& supervisor,
                                                    NamedFds& kept);

}  // namespace demo
