#pragma once

#include <chrono>

namespace demo {

// How long to wait before a dead worker is started again: not at all, unless it died young, then twice as
// long after each early death in a row. Pure: time is passed in.
class RestartPolicy {
 public:
  // The worker died after it lived this long. From limits::kRespawnDelayFirst to limits::kRespawnDelayMax, or
  // 0.
  std::chrono::milliseconds delay_after_death(std::chrono::milliseconds lived);

 private:
  std::chrono::milliseconds next_delay_{0};  // 0: the last death was not an early one
};

}  // namespace demo
