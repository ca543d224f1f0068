#include "event/housekeeping.h"

#include <gtest/gtest.h>

#include <memory>

#include "unit/event/turns.h"

namespace demo {
namespace {

struct Counted final : Tidied {
  explicit Counted(Housekeeping& housekeeping) : Tidied(housekeeping) {}
  void tidy() override { ++times; }
  int times = 0;
};

TEST(Housekeeping, CallsThoseWhoAreThere) {
  TimerWheel timers;
  Housekeeping housekeeping(timers);
  auto first = std::make_unique<Counted>(housekeeping);
  auto second = std::make_unique<Counted>(housekeeping);
  Counted third(housekeeping);
  housekeeping.tidy_now();
  second.reset();
  housekeeping.tidy_now();
  EXPECT_EQ(first->times, 2);
  first.reset();
  housekeeping.tidy_now();
  EXPECT_EQ(third.times, 3);
}

TEST(Housekeeping, ComesAgainAndAgainWithTheTimer) {
  TimerWheel timers;
  std::uint64_t now_ns = 1;
  timers.advance(now_ns);
  Housekeeping housekeeping(timers);
  Counted one(housekeeping);
  const auto interval = static_cast<std::uint64_t>(std::chrono::nanoseconds(Housekeeping::kInterval).count());
  for (int times = 0; times < 5; ++times) {
    EXPECT_EQ(one.times, times);
    timers.advance(now_ns += interval / 2);
    EXPECT_EQ(one.times, times);
    const std::uint64_t tick = std::chrono::nanoseconds(TimerWheel::kTick).count();
    timers.advance(now_ns += interval / 2 + 2 * tick);
  }
}

}  // namespace
}  // namespace demo
