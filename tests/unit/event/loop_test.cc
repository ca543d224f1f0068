#include "event/loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "unit/event/turns.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

struct Ear : Watch {
  Ear() : Watch(Watch::call<Ear>) {}
  void on_ready(std::uint32_t events) {
    seen.push_back(events);
    then();
  }
  std::vector<std::uint32_t> seen;
  std::function<void()> then = [] {};
};

struct Alarm : Timer {
  explicit Alarm(std::function<void()> action) : Timer(Timer::call<Alarm>), then(std::move(action)) {}
  void on_timeout() { then(); }
  std::function<void()> then;
};

struct Labour : YieldingWatch {
  explicit Labour(std::function<void(std::uint32_t)> work)
      : YieldingWatch(Watch::call<Labour>), on_ready(std::move(work)) {}
  std::function<void(std::uint32_t)> on_ready;
};

struct NoObserver : TurnObserver {
  void on_wake(unsigned, std::uint64_t) override {}
};

class LoopTest : public ::testing::Test {
 protected:
  LoopTest() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
    ours_.reset(ends[0]);
    peer_.reset(ends[1]);
  }
  void write_byte() { ASSERT_EQ(::send(peer_.get(), "x", 1, 0), 1); }

  Turns turns_;
  UniqueFd ours_;
  UniqueFd peer_;
};

TEST_F(LoopTest, TellsAWatchWhatItsDescriptorIsReadyFor) {
  Ear ear;
  ASSERT_TRUE(turns_.loop().add(ours_.get(), EPOLLIN | EPOLLRDHUP | EPOLLET, ear));
  EXPECT_EQ(turns_.turn(), 0U);
  write_byte();
  turns_.turn();
  ASSERT_EQ(ear.seen.size(), 1U);
  EXPECT_EQ(ear.seen[0], std::uint32_t{EPOLLIN});
  turns_.turn();
  EXPECT_EQ(ear.seen.size(), 1U) << "edge-triggered: told once";
  peer_.reset();
  turns_.turn();
  ASSERT_EQ(ear.seen.size(), 2U);
  EXPECT_NE(ear.seen[1] & EPOLLRDHUP, 0U);
}

TEST_F(LoopTest, ModifyGivesTheDescriptorToAnotherWatch) {
  Ear first;
  Ear second;
  ASSERT_TRUE(turns_.loop().add(ours_.get(), EPOLLIN, first));
  ASSERT_TRUE(turns_.loop().modify(ours_.get(), EPOLLIN, second));
  write_byte();
  turns_.turn();
  EXPECT_TRUE(first.seen.empty());
  EXPECT_EQ(second.seen.size(), 1U);
}

TEST_F(LoopTest, RemovedWatchHearsNothing) {
  Ear ear;
  ASSERT_TRUE(turns_.loop().add(ours_.get(), EPOLLIN, ear));
  turns_.loop().remove(ours_.get());
  write_byte();
  turns_.turn();
  EXPECT_TRUE(ear.seen.empty());
}

TEST_F(LoopTest, AddingABadDescriptorIsAnError) {
  Ear ear;
  const Status added = turns_.loop().add(-1, EPOLLIN, ear);
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().message.find("epoll_ctl"), std::string::npos);
}

TEST_F(LoopTest, TimeOfATurnDoesNotChangeWithinIt) {
  std::vector<std::uint64_t> times;
  Ear ear;
  ear.then = [&] {
    times.push_back(turns_.loop().now_ns());
    for (const std::uint64_t end = monotonic_ns() + 2'000'000; monotonic_ns() < end;) {
    }
    times.push_back(turns_.loop().now_ns());
  };
  ASSERT_TRUE(turns_.loop().add(ours_.get(), EPOLLIN, ear));
  write_byte();
  turns_.turn();
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(times[0], times[1]);
  turns_.turn();
  EXPECT_GT(times[2], times[1]);
}

TEST_F(LoopTest, DelayOfAHandlerCountsFromItsTurn) {
  // The wheel was last advanced long before; the wait must not be taken off the delay.
  Alarm alarm([] {});
  Ear ear;
  ear.then = [&] { turns_.loop().timers().arm(alarm, milliseconds(100)); };
  ASSERT_TRUE(turns_.loop().add(ours_.get(), EPOLLIN | EPOLLET, ear));
  for (const std::uint64_t end = monotonic_ns() + 60'000'000; monotonic_ns() < end;) {
  }
  write_byte();
  turns_.turn();
  EXPECT_GE(turns_.loop().timers().remaining(alarm), milliseconds(100));
}

TEST_F(LoopTest, FiresTimersWhileItWaits) {
  // A loop without a descriptor that is always ready: it must wake up for the timer.
  const std::unique_ptr<Loop> loop = Loop::open().value();
  int fired = 0;
  Alarm alarm([&] {
    ++fired;
    loop->stop();
  });
  const std::uint64_t begin = monotonic_ns();
  loop->timers().arm(alarm, milliseconds(30));
  NoObserver observer;
  loop->run(observer);
  EXPECT_EQ(fired, 1);
  EXPECT_GE(monotonic_ns() - begin, 30'000'000U);
}

TEST_F(LoopTest, CountsTheEventsOfEachTurn) {
  struct Observer : TurnObserver {
    explicit Observer(Loop& turned) : loop(turned) {}
    void on_wake(unsigned events, std::uint64_t now_ns) override {
      seen.push_back(events);
      EXPECT_EQ(now_ns, loop.now_ns());
      if (seen.size() == 2) loop.stop();
    }
    Loop& loop;
    std::vector<unsigned> seen;
  };
  const std::unique_ptr<Loop> loop = Loop::open().value();
  Ear ear;
  ASSERT_TRUE(loop->add(ours_.get(), EPOLLIN | EPOLLET, ear));
  write_byte();
  Alarm alarm([] {});
  loop->timers().arm(alarm, milliseconds(10));
  Observer observer(*loop);
  loop->run(observer);
  EXPECT_EQ(observer.seen, (std::vector<unsigned>{1, 0}));
}

TEST_F(LoopTest, IdleLoopStillTurns) {
  struct Observer : TurnObserver {
    explicit Observer(Loop& turned) : loop(turned) {}
    void on_wake(unsigned, std::uint64_t) override { loop.stop(); }
    Loop& loop;
  };
  const std::unique_ptr<Loop> loop = Loop::open().value();
  Observer observer(*loop);
  loop->run(observer);  // would never return if nothing woke it
}

TEST_F(LoopTest, StopInAHandlerEndsTheRunAfterTheTurn) {
  const std::unique_ptr<Loop> loop = Loop::open().value();
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd one(ends[0]);
  const UniqueFd other(ends[1]);
  Ear first;
  Ear second;
  first.then = second.then = [&] { loop->stop(); };
  ASSERT_TRUE(loop->add(one.get(), EPOLLOUT, first));
  ASSERT_TRUE(loop->add(other.get(), EPOLLOUT, second));
  NoObserver observer;
  loop->run(observer);
  EXPECT_EQ(first.seen.size() + second.seen.size(), 2U) << "the rest of the turn's events were dropped";
}

TEST_F(LoopTest, WorkThatWasPutOffGoesOnInTheNextTurnAfterItsEvents) {
  std::string order;
  Ear ear;
  ear.then = [&] { order += 'e'; };
  ASSERT_TRUE(turns_.loop().add(ours_.get(), EPOLLIN | EPOLLET, ear));
  Labour first([&](std::uint32_t events) {
    EXPECT_EQ(events, 0U);
    order += '1';
    if (order.size() < 6) turns_.loop().again(first);
  });
  Labour second([&](std::uint32_t) { order += '2'; });
  turns_.loop().again(first);
  turns_.loop().again(second);
  turns_.loop().again(first);
  write_byte();
  turns_.turn();
  EXPECT_EQ(order, "e12");
  turns_.turn();
  EXPECT_EQ(order, "e121") << "once a turn";
  write_byte();
  turns_.turn();
  EXPECT_EQ(order, "e121e1");
  turns_.turn();
  EXPECT_EQ(order, "e121e1");
}

TEST_F(LoopTest, LoopWithWorkPutOffDoesNotWait) {
  const std::unique_ptr<Loop> loop = Loop::open().value();
  int left = 1000;  // a wait a turn would take longer than the test may
  Labour worker([&](std::uint32_t) { --left > 0 ? loop->again(worker) : loop->stop(); });
  loop->again(worker);
  NoObserver observer;
  loop->run(observer);
  EXPECT_EQ(left, 0);
}

TEST_F(LoopTest, WorkOfWhatIsGoneOrSettledIsNotCalled) {
  std::string order;
  auto gone = std::make_unique<Labour>([&](std::uint32_t) { order += 'g'; });
  auto killed = std::make_unique<Labour>([&](std::uint32_t) { order += 'k'; });
  Labour settled([&](std::uint32_t) { order += 's'; });
  Labour killer([&](std::uint32_t) { killed.reset(); });
  Labour last([&](std::uint32_t) { order += 'l'; });
  for (Labour* each : {gone.get(), &settled, &killer, killed.get(), &last}) turns_.loop().again(*each);
  gone.reset();
  settled.withdraw();
  turns_.turn();
  EXPECT_EQ(order, "l");
  turns_.turn();
  EXPECT_EQ(order, "l");
}

TEST_F(LoopTest, BusyPollIsSetOrRefusedWithAReason) {
  const Status set = turns_.loop().set_busy_poll(50, true);
  if (!set) {
    EXPECT_NE(set.error().message.find("EPIOCSPARAMS"), std::string::npos);
  }
}

}  // namespace
}  // namespace demo
