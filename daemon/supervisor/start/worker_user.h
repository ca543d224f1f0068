#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "supervisor/workers/worker_process.h"

namespace demo {

// Whom the workers of this process become. name: --worker-user; empty: where this process is root and may
// still steer processes of others, "demo-server" if there is one, else "nobody". Unset: they stay its user.
// Error: kInvalidArgument when there is no such user, or this process may not make others run as that one.
Result<std::optional<WorkerUser>> worker_user(const std::string& name);

}  // namespace demo
