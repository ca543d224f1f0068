#include "event/housekeeping.h"

#include <gtest/gtest.h>

#include <memory>

#include "unit/event/turns.h"

namespace demo {
namespace {

struct Counted final : Tidied {
  explicit Counted(Housekeeping& housekeeping) : Tidied(housekeeping) {}
  bool tidy() override {
    ++times;
    return left > 0;
  }
  bool tidy_on() override {
    ++parts;
    return left > 0 && --left > 0;
  }
  int times = 0;
  int parts = 0;
  int left = 0;  // parts
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

TEST(Housekeeping, ComesSoonWhileSomethingIsLeftAndThenWaitsAgain) {
  TimerWheel timers;
  std::uint64_t now_ns = 1;
  timers.advance(now_ns);
  Housekeeping housekeeping(timers);
  Counted much(housekeeping);
  Counted nothing(housekeeping);
  much.left = 5;
  const std::uint64_t soon = std::chrono::nanoseconds(Housekeeping::kPause + 2 * TimerWheel::kTick).count();
  const std::uint64_t interval = std::chrono::nanoseconds(Housekeeping::kInterval).count();
  timers.advance(now_ns += interval + soon);
  EXPECT_EQ(much.times, 1);
  for (int parts = 1; parts <= 5; ++parts) {
    timers.advance(now_ns += soon);
    EXPECT_EQ(much.parts, parts);
    EXPECT_EQ(much.times, 1) << "the period goes on";
  }
  timers.advance(now_ns += soon);
  EXPECT_EQ(much.parts, 5);
  timers.advance(now_ns += interval);
  EXPECT_EQ(much.times, 2);
  EXPECT_EQ(nothing.times, 2);
}

}  // namespace
}  // namespace demo
