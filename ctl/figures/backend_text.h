#pragma once

#include <string>

#include "demo/control/v1/monitor.pb.h"
#include "session/api.h"

namespace demo::ctl {

// "up", "down: connect refused", "1/3 up", "no address": what the active checks found.
std::string backend_health_text(const api::BackendStatus& backend);

}  // namespace demo::ctl
