#pragma once

#include <optional>
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

}  // namespace demo
