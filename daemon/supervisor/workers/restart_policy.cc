#include "supervisor/workers/restart_policy.h"

#include <algorithm>

#include "base/limits.h"

namespace demo {

std::chrono::milliseconds RestartPolicy::delay_after_death(std::chrono::milliseconds lived) {
  if (lived >= limits::kEarlyDeath) {
    next_delay_ = {};
    return {};
  }
  next_delay_ = std::clamp(next_delay_ * 2, limits::kRespawnDelayFirst, limits::kRespawnDelayMax);
  return next_delay_;
}

}  // namespace demo
