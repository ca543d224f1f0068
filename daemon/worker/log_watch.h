#pragma once

#include <cstdint>
#include <functional>

#include "event/loop.h"
#include "event/timer_wheel.h"

namespace demo {

// Looks each second whether log lines of this process were lost, and reports how many more they are. Borrows
// the loop.
class LogWatch final : private Timer {
 public:
  using Report = std::function<void(std::uint64_t lines)>;

  LogWatch(Loop& loop, Report report);

 private:
  friend class Timer;
  void on_timeout();

  Loop& loop_;
  const Report report_;
  std::uint64_t reported_ = 0;
};

}  // namespace demo
