#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <memory>
#include <vector>

#include "event/loop.h"
#include "unit/event/stopped_process.h"
#include "unit/event/turns.h"

namespace demo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A connection that is read when its descriptor is ready, and has a time-out for that.
struct Reader : Watch, Timer {
  explicit Reader(Loop& in)
      : Watch(Watch::call<Reader>), Timer(Timer::call<Reader>), loop(in), fd(::eventfd(0, EFD_CLOEXEC)) {
    EXPECT_TRUE(loop.add(fd.get(), EPOLLIN | EPOLLET, *this));
  }
  void on_ready(std::uint32_t) {
    ++reads;
    loop.timers().disarm(*this);
  }
  void on_timeout() { ++time_outs; }
  void send() const { ASSERT_EQ(::eventfd_write(fd.get(), 1), 0); }

  Loop& loop;
  UniqueFd fd;
  unsigned reads = 0;
  unsigned time_outs = 0;
};

class StoppedLoopTest : public testing::Test {
 protected:
  RightClockAfterwards clock_;
  Turns turns_;
  Loop& loop_ = turns_.loop();
};

TEST_F(StoppedLoopTest, ReadsWhatIsThereBeforeItJudgesATimeOut) {
  for (const auto stop : {stop_in_next_wait, stop_after_next_wait}) {
    Reader reader(loop_);
    // More than a turn takes anywhere.
    loop_.timers().arm(reader, milliseconds(900));
    turns_.turn();
    // Stopped for less than what counts as such, and longer than the time-out.
    if (stop == stop_in_next_wait) reader.send();
    stop(milliseconds(1500));
    turns_.turn();
    if (stop == stop_after_next_wait) reader.send();
    turns_.turn();
    EXPECT_EQ(reader.time_outs, 0U);
    EXPECT_EQ(reader.reads, 1U);
    loop_.remove(reader.fd.get());
  }
}

TEST_F(StoppedLoopTest, JudgesATimeOutWhenItHasLooked) {
  Reader reader(loop_);
  loop_.timers().arm(reader, milliseconds(50));
  stop_in_next_wait(seconds(1));
  turns_.turn();
  EXPECT_EQ(reader.time_outs, 0U);
  turns_.turn();
  EXPECT_EQ(reader.time_outs, 1U);
}

TEST_F(StoppedLoopTest, DoesNotPutOffTwiceInARow) {
  Reader reader(loop_);
  loop_.timers().arm(reader, milliseconds(50));
  for (int i = 0; i < 2; ++i) {
    stop_in_next_wait(seconds(1));
    turns_.turn();
  }
  EXPECT_EQ(reader.time_outs, 1U);
}

TEST_F(StoppedLoopTest, CountsTheTimeInWhichItWasStoppedAgainstNobody) {
  Reader reader(loop_);
  turns_.turn();
  const std::uint64_t since_ns = loop_.now_ns();
  const std::uint64_t watched_ns = loop_.watched_ns();
  loop_.timers().arm(reader, seconds(60));
  stop_in_next_wait(std::chrono::hours(5));
  for (int i = 0; i < 5; ++i) turns_.turn();
  EXPECT_EQ(reader.time_outs, 0U);
  EXPECT_GT(loop_.timers().remaining(reader), seconds(50));
  const auto hour_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(std::chrono::hours(1)).count());
  EXPECT_GT(loop_.now_ns() - since_ns, 4 * hour_ns);
  EXPECT_LT(loop_.watched_ns() - watched_ns, hour_ns);
  EXPECT_LT(loop_.watched_since(since_ns), hour_ns);
}

TEST_F(StoppedLoopTest, GoesOnThoughEachTurnIsAsLongAsAStop) {
  Reader reader(loop_);
  loop_.timers().arm(reader, milliseconds(300));
  for (int i = 0; i < 20; ++i) {
    stop_after_next_wait(seconds(3));
    turns_.turn();
  }
  EXPECT_EQ(reader.time_outs, 1U);
}

TEST_F(StoppedLoopTest, ReadsEveryBatchBeforeItJudges) {
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < 1500; ++i) {
    readers.push_back(std::make_unique<Reader>(loop_));
    loop_.timers().arm(*readers.back(), milliseconds(50));
  }
  for (const auto& reader : readers) reader->send();
  stop_in_next_wait(seconds(1));
  for (int i = 0; i < 8; ++i) turns_.turn();
  unsigned reads = 0;
  unsigned time_outs = 0;
  for (const auto& reader : readers) {
    reads += reader->reads;
    time_outs += reader->time_outs;
  }
  EXPECT_EQ(reads, 1500U);
  EXPECT_EQ(time_outs, 0U);
}

// Level-triggered, and never read: every batch is full.
struct AlwaysReady : Watch {
  explicit AlwaysReady(Loop& loop) : Watch([](Watch&, std::uint32_t) {}) {
    for (int i = 0; i < 600; ++i) {
      descriptors.emplace_back(::eventfd(1, EFD_CLOEXEC));
      EXPECT_TRUE(loop.add(descriptors.back().get(), EPOLLIN, *this));
    }
  }
  std::vector<UniqueFd> descriptors;
};

TEST_F(StoppedLoopTest, JudgesInTheEndThoughThereIsAlwaysMoreToRead) {
  const AlwaysReady busy(loop_);
  Reader reader(loop_);
  loop_.timers().arm(reader, milliseconds(1));
  stop_in_next_wait(seconds(1));
  EXPECT_TRUE(turns_.until([&] { return reader.time_outs == 1; }));
}

TEST_F(StoppedLoopTest, IsNotLateForBeingBusy) {
  const AlwaysReady busy(loop_);
  Reader reader(loop_);
  turns_.turn();
  loop_.timers().arm(reader, milliseconds(1));
  // More than a tick of the timers, and with the turn's own time less than what counts as late.
  stop_after_next_wait(milliseconds(30));
  turns_.turn();
  EXPECT_EQ(reader.time_outs, 1U);
}

}  // namespace
}  // namespace demo
