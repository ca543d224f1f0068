#pragma once

#include <optional>
#include <vector>

#include "base/confinement.h"
#include "demo/control/v1/monitor.pb.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

void write_confinement(const Confinement& confinement, control::v1::WorkerConfinement& message);

// What holds for each worker of which it is known, with the problems of all; unset where it is of none.
std::optional<Confinement> common_confinement(const std::vector<WorkerReport>& workers);

}  // namespace demo
