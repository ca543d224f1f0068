#include "unit/event/stopped_process.h"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <utility>

namespace demo {
namespace {

enum class Stop { kNone, kWithin, kAfter };

// Of a test of one thread.
Stop planned_stop = Stop::kNone;
std::chrono::nanoseconds stop_time;
std::chrono::nanoseconds stopped;

}  // namespace

void stop_now(std::chrono::nanoseconds time) { stopped += time; }

void stop_in_next_wait(std::chrono::nanoseconds time) {
  planned_stop = Stop::kWithin;
  stop_time = time;
}

void stop_after_next_wait(std::chrono::nanoseconds time) {
  planned_stop = Stop::kAfter;
  stop_time = time;
}

RightClockAfterwards::~RightClockAfterwards() {
  planned_stop = Stop::kNone;
  stopped = {};
}

}  // namespace demo

// In place of the C library's.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long failed = ::syscall(SYS_clock_gettime, clock, time);
  if (failed != 0 || clock != CLOCK_MONOTONIC) return static_cast<int>(failed);
  const auto ns = std::chrono::nanoseconds(time->tv_nsec) + demo::stopped;
  time->tv_sec += static_cast<time_t>(ns / std::chrono::seconds(1));
  time->tv_nsec = static_cast<long>((ns % std::chrono::seconds(1)).count());
  return 0;
}

extern "C" int epoll_wait(int epoll, epoll_event* events, int most, int timeout_ms) {
  const demo::Stop how = std::exchange(demo::planned_stop, demo::Stop::kNone);
  if (how != demo::Stop::kNone) demo::stopped += demo::stop_time;
  if (how == demo::Stop::kWithin) {
    errno = EINTR;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_epoll_pwait, epoll, events, most, timeout_ms, nullptr, 0));
}
