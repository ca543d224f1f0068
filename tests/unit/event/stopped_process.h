#pragma once

#include <chrono>

namespace demo {

// The process was stopped for so long just now: the monotonic clock is further.
void stop_now(std::chrono::nanoseconds time);

// What a process sees that is stopped while it waits, and goes on later: the next epoll_wait(2) of this
// process ends with EINTR, signal(7), however much is ready, and the monotonic clock is so much further.
void stop_in_next_wait(std::chrono::nanoseconds time);

// The same of a process that is stopped when its wait is over, with what was ready before.
void stop_after_next_wait(std::chrono::nanoseconds time);

// The clock is right again when it is gone, for the tests that follow in the same process.
struct RightClockAfterwards {
  RightClockAfterwards() = default;
  RightClockAfterwards(const RightClockAfterwards&) = delete;
  RightClockAfterwards& operator=(const RightClockAfterwards&) = delete;
  ~RightClockAfterwards();
};

}  // namespace demo
