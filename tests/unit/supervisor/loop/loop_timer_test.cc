#include "supervisor/loop/loop_timer.h"

#include <gtest/gtest.h>

#include "unit/event/stopped_process.h"

namespace demo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class LoopTimerTest : public testing::Test {
 protected:
  RightClockAfterwards clock_;
};

TEST_F(LoopTimerTest, DoesNotCountTimeInWhichTheProcessWasStopped) {
  boost::asio::io_context loop;
  int fired = 0;
  LoopTimer timer(loop, [&] { ++fired; });
  timer.start(milliseconds(300));
  stop_now(hours(1));
  loop.run_one();
  EXPECT_EQ(fired, 0);
  EXPECT_TRUE(timer.running());
  loop.run();
  EXPECT_EQ(fired, 1);
  EXPECT_FALSE(timer.running());
}

TEST_F(LoopTimerTest, CountsLongDelaysInParts) {
  boost::asio::io_context loop;
  int fired = 0;
  LoopTimer timer(loop, [&] { ++fired; });
  timer.start(milliseconds(1100));
  loop.run_one();
  EXPECT_EQ(fired, 0);
  loop.run();
  EXPECT_EQ(fired, 1);
}

TEST_F(LoopTimerTest, IsOverInTheEndThoughEachPartIsAsLongAsAStop) {
  boost::asio::io_context loop;
  int fired = 0;
  LoopTimer timer(loop, [&] { ++fired; });
  timer.start(milliseconds(250));
  for (int part = 0; part < 3; ++part) {
    EXPECT_EQ(fired, 0);
    stop_now(hours(1));
    loop.run_one();
  }
  EXPECT_EQ(fired, 1);
}

TEST_F(LoopTimerTest, TellsNobodyWhenItIsStoppedBetweenTwoParts) {
  boost::asio::io_context loop;
  LoopTimer timer(loop, [] { FAIL() << "told after stop()"; });
  timer.start(milliseconds(300));
  stop_now(hours(1));
  loop.run_one();
  EXPECT_TRUE(timer.running());
  timer.stop();
  loop.run();
}

}  // namespace
}  // namespace demo
