#pragma once

#include <string>

#include "demo/control/v1/monitor.pb.h"
#include "invocation/api.h"

namespace demo::ctl {

// "up", "down: connect refused", "ejected (1 of 2 workers)": the daemon's judgement.
std::string backend_health_text(const api::BackendStatus& backend);

}  // namespace demo::ctl
