#include "event/timer_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace demo {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kStartNs = 123'456'789;
constexpr std::uint64_t kNsPerMs = 1'000'000;

// Counts how often it fires, and does what a test wants then.
class Alarm final : public Timer {
 public:
  explicit Alarm(std::function<void()> then = [] {}) : Timer(call<Alarm>), then_(std::move(then)) {}
  int fired = 0;

 private:
  friend class Timer;
  void on_timeout() {
    ++fired;
    // A copy: the handler may destroy this alarm.
    const std::function<void()> then = then_;
    then();
  }
  std::function<void()> then_;
};

class TimerWheelTest : public ::testing::Test {
 protected:
  TimerWheelTest() { wheel_->advance(kStartNs); }

  // Moves the time forward at once.
  void pass(milliseconds time) {
    now_ns_ += static_cast<std::uint64_t>(time.count()) * kNsPerMs;
    wheel_->advance(now_ns_);
  }
  // Moves it forward a millisecond at a time until the alarm fires; how many that took.
  milliseconds time_until_fired(const Alarm& alarm, milliseconds bound) {
    const int before = alarm.fired;
    milliseconds passed{0};
    while (alarm.fired == before && passed < bound) {
      pass(milliseconds(1));
      ++passed;
    }
    return passed;
  }

  const std::unique_ptr<TimerWheel> wheel_ = std::make_unique<TimerWheel>();
  std::uint64_t now_ns_ = kStartNs;
};

TEST_F(TimerWheelTest, FiresNeverEarlyAndAtMostOneTickLate) {
  for (const int delay : {0, 1, 9, 10, 11, 19, 20, 99, 100, 101, 995, 20470, 20480, 20490, 65432}) {
    for (const int phase : {0, 3, 9}) {
      pass(milliseconds(phase));
      Alarm alarm;
      wheel_->arm(alarm, milliseconds(delay));
      const milliseconds took = time_until_fired(alarm, milliseconds(delay + 1000));
      EXPECT_EQ(alarm.fired, 1) << delay;
      EXPECT_GE(took, milliseconds(delay));
      EXPECT_LE(took, milliseconds(delay) + TimerWheel::kTick);
    }
  }
}

TEST_F(TimerWheelTest, FiresOnce) {
  Alarm alarm;
  wheel_->arm(alarm, milliseconds(30));
  pass(milliseconds(50));
  for (int i = 0; i < 5000; ++i) pass(milliseconds(10));
  EXPECT_EQ(alarm.fired, 1);
}

TEST_F(TimerWheelTest, RearmedLaterFiresOnlyThen) {
  Alarm alarm;
  wheel_->arm(alarm, milliseconds(50));
  for (int i = 0; i < 200; ++i) {
    pass(milliseconds(40));
    wheel_->arm(alarm, milliseconds(50));
  }
  EXPECT_EQ(alarm.fired, 0);
  const milliseconds took = time_until_fired(alarm, milliseconds(1000));
  EXPECT_GE(took, milliseconds(50));
  EXPECT_LE(took, milliseconds(60));
}

TEST_F(TimerWheelTest, RearmedEarlierFiresEarlier) {
  Alarm alarm;
  wheel_->arm(alarm, milliseconds(60'000));
  pass(milliseconds(5));
  wheel_->arm(alarm, milliseconds(30));
  EXPECT_LE(time_until_fired(alarm, milliseconds(1000)), milliseconds(40));
  pass(milliseconds(120'000));
  EXPECT_EQ(alarm.fired, 1);
}

TEST_F(TimerWheelTest, SaysHowLongAgoATimerWasArmed) {
  Alarm alarm;
  EXPECT_EQ(wheel_->since_armed(alarm), milliseconds(0));
  wheel_->arm(alarm, milliseconds(60'000));
  pass(milliseconds(1500));
  EXPECT_EQ(wheel_->since_armed(alarm), milliseconds(1500));
  wheel_->arm(alarm, milliseconds(90'000));
  pass(milliseconds(70));
  EXPECT_EQ(wheel_->since_armed(alarm), milliseconds(70));
  wheel_->disarm(alarm);
  EXPECT_EQ(wheel_->since_armed(alarm), milliseconds(0));
}

TEST_F(TimerWheelTest, DisarmedNeverFires) {
  Alarm alarm;
  wheel_->arm(alarm, milliseconds(30));
  wheel_->disarm(alarm);
  wheel_->disarm(alarm);
  pass(milliseconds(100'000));
  EXPECT_EQ(alarm.fired, 0);
}

TEST_F(TimerWheelTest, ForgetsADestroyedTimer) {
  auto doomed = std::make_unique<Alarm>();
  Alarm neighbour;
  wheel_->arm(*doomed, milliseconds(30));
  wheel_->arm(neighbour, milliseconds(30));
  doomed.reset();
  pass(milliseconds(50));
  EXPECT_EQ(neighbour.fired, 1);
}

TEST_F(TimerWheelTest, HandlerMayDestroyItsOwnAndOtherTimersOfTheSlot) {
  std::vector<std::unique_ptr<Alarm>> alarms;
  int destroyed = 0;
  for (int i = 0; i < 10; ++i) {
    alarms.push_back(std::make_unique<Alarm>([&] {
      ++destroyed;
      alarms.clear();
    }));
    wheel_->arm(*alarms.back(), milliseconds(30));
  }
  pass(milliseconds(100));
  EXPECT_EQ(destroyed, 1);
}

TEST_F(TimerWheelTest, HandlerMayRearmItself) {
  Alarm* self = nullptr;
  Alarm alarm([&] { wheel_->arm(*self, milliseconds(20)); });
  self = &alarm;
  wheel_->arm(alarm, milliseconds(20));
  for (int i = 0; i < 300; ++i) pass(milliseconds(1));
  EXPECT_GE(alarm.fired, 300 / 30);
  EXPECT_LE(alarm.fired, 300 / 20);
}

TEST_F(TimerWheelTest, LongStopFiresWhatWasDueAndNothingElse) {
  Alarm soon;
  Alarm later;
  Alarm much_later;
  wheel_->arm(soon, milliseconds(100));
  wheel_->arm(later, milliseconds(25'000));
  wheel_->arm(much_later, milliseconds(10'000'000));
  pass(milliseconds(3'600'000));
  EXPECT_EQ(soon.fired, 1);
  EXPECT_EQ(later.fired, 1);
  EXPECT_EQ(much_later.fired, 0);
  pass(milliseconds(6'399'000));
  EXPECT_EQ(much_later.fired, 0);
  pass(milliseconds(1'010));
  EXPECT_EQ(much_later.fired, 1);
}

TEST_F(TimerWheelTest, DelayBegunAfterALongStopIsNotShortenedByIt) {
  for (const int stop : {50, 15'000, 3'600'000}) {
    Alarm* self = nullptr;
    Alarm alarm([&] { wheel_->arm(*self, milliseconds(40)); });
    self = &alarm;
    wheel_->arm(alarm, milliseconds(10));
    pass(milliseconds(stop));
    EXPECT_EQ(alarm.fired, 1) << stop;
    EXPECT_GE(time_until_fired(alarm, milliseconds(1000)), milliseconds(40)) << stop;
  }
}

TEST_F(TimerWheelTest, WorksForYears) {
  // Ticks do not fit 32 bits after 497 days.
  Alarm idle;
  wheel_->arm(idle, std::chrono::hours(24 * 497));
  for (int day = 0; day < 1000; ++day) {
    Alarm alarm;
    wheel_->arm(alarm, milliseconds(5000));
    pass(milliseconds(4990));
    EXPECT_EQ(alarm.fired, 0) << day;
    pass(milliseconds(20));
    EXPECT_EQ(alarm.fired, 1) << day;
    pass(std::chrono::hours(24));
  }
  EXPECT_EQ(idle.fired, 1);
}

TEST_F(TimerWheelTest, DelayCountsFromSetNow) {
  Alarm alarm;
  now_ns_ += 700 * kNsPerMs;
  wheel_->set_now(now_ns_);
  wheel_->arm(alarm, milliseconds(100));
  EXPECT_GE(wheel_->remaining(alarm), milliseconds(100));
  wheel_->advance(now_ns_);
  EXPECT_EQ(alarm.fired, 0);
  const milliseconds took = time_until_fired(alarm, milliseconds(1000));
  EXPECT_GE(took, milliseconds(100));
  EXPECT_LE(took, milliseconds(110));
}

TEST_F(TimerWheelTest, SaysHowLongToWaitForTheNextTimer) {
  EXPECT_EQ(wheel_->milliseconds_to_next(now_ns_), -1);
  Alarm alarm;
  wheel_->arm(alarm, milliseconds(500));
  const int wait = wheel_->milliseconds_to_next(now_ns_);
  EXPECT_GE(wait, 490);
  EXPECT_LE(wait, 511);
  // Waiting exactly as long as it says is enough: nothing fires late by another turn.
  pass(milliseconds(wait));
  EXPECT_EQ(alarm.fired, 1);
  EXPECT_EQ(wheel_->milliseconds_to_next(now_ns_), -1);
}

TEST_F(TimerWheelTest, FollowingItsAdviceFiresEveryTimerInTime) {
  std::mt19937 random(1);
  std::vector<std::unique_ptr<Alarm>> alarms;
  std::vector<std::uint64_t> due_ns;
  for (int i = 0; i < 200; ++i) {
    const milliseconds delay(std::uniform_int_distribution<int>(0, 60'000)(random));
    alarms.push_back(std::make_unique<Alarm>());
    due_ns.push_back(now_ns_ + static_cast<std::uint64_t>(delay.count()) * kNsPerMs);
    wheel_->arm(*alarms.back(), delay);
  }
  int turns = 0;
  while (wheel_->milliseconds_to_next(now_ns_) >= 0 && turns < 10'000) {
    pass(milliseconds(wheel_->milliseconds_to_next(now_ns_)));
    ++turns;
    for (std::size_t i = 0; i < alarms.size(); ++i) {
      EXPECT_TRUE(alarms[i]->fired == 0 || now_ns_ >= due_ns[i]) << "early";
      EXPECT_TRUE(alarms[i]->fired == 1 || now_ns_ <= due_ns[i] + 12 * kNsPerMs) << "late";
    }
  }
  for (const auto& alarm : alarms) EXPECT_EQ(alarm->fired, 1);
  EXPECT_LT(turns, 1000) << "turned far more often than there were timers";
}

}  // namespace
}  // namespace demo
