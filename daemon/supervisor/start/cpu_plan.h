#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace demo {

// The cores that this process may use.
struct AvailableCores {
  std::vector<unsigned> cores;  // of the affinity mask, ascending
  std::optional<unsigned>
      quota;  // how many the control groups' CPU limit is worth, rounded up; unset: no limit
  bool operator==(const AvailableCores&) const = default;
};

// The core of each worker, in the order of their indexes: pure. Without a count as many workers as cores from
// the start core on, but no more than the quota. Error: kInvalidArgument (field workers.*) for a core that is
// not available or more workers than cores.
Result<std::vector<unsigned>> plan_workers(const WorkerPlan& plan, const AvailableCores& available);

// A plan as far as this machine can carry it out.
struct FittedPlan {
  std::vector<unsigned> cores;  // of the workers, in the order of their indexes; empty only without any core
  std::string problem;          // what of the plan is missing, one sentence; empty: nothing
};

// For a plan that was made when there were other cores: what plan_workers() says, and where that refuses, the
// cores of the plan that exist. A plan of which nothing is left takes as many cores as it asked for, from the
// first on.
FittedPlan fit_workers(const WorkerPlan& plan, const AvailableCores& available);

}  // namespace demo
