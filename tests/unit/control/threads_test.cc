#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <vector>

#include "base/unique_fd.h"
#include "control/calls/timer_thread.h"
#include "control/connections/connection_census.h"

namespace demo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;

TEST(TimerThread, CallsInOrderOfDeadline) {
  TimerThread timers;
  std::vector<int> order;
  std::promise<void> last;
  timers.after(milliseconds(30), [&] {
    order.push_back(2);
    last.set_value();
  });
  timers.after(milliseconds(1), [&] { order.push_back(1); });
  last.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(TimerThread, CallsAgainEveryPeriodUntilCancelled) {
  TimerThread timers;
  std::atomic<int> calls = 0;
  std::promise<void> three;
  const auto id = timers.every(milliseconds(1), [&] {
    if (++calls == 3) three.set_value();
  });
  three.get_future().wait();
  timers.cancel(id);
  const int after = calls;
  std::promise<void> later;
  timers.after(milliseconds(20), [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_EQ(calls, after);
}

TEST(TimerThread, WaitsForACallThatIsCancelledWhileItRuns) {
  TimerThread timers;
  std::promise<void> started, proceed;
  std::atomic<bool> done = false;
  const auto id = timers.after(milliseconds(0), [&] {
    started.set_value();
    proceed.get_future().wait();
    done = true;
  });
  started.get_future().wait();
  auto cancelled = std::async([&] {
    timers.cancel(id);
    return done.load();
  });
  proceed.set_value();
  EXPECT_TRUE(cancelled.get());
}

TEST(TimerThread, CancelsItselfFromWithin) {
  TimerThread timers;
  std::atomic<int> calls = 0;
  std::promise<TimerThread::Id> id;
  std::promise<void> done;
  id.set_value(timers.every(milliseconds(1), [&, known = id.get_future().share()] {
    ++calls;
    timers.cancel(known.get());
    timers.after(milliseconds(20), [&] { done.set_value(); });
  }));
  done.get_future().wait();
  EXPECT_EQ(calls, 1);
}

TEST(TimerThread, ForgetsWhatIsPendingAtItsEnd) {
  bool called = false;
  {
    TimerThread timers;
    timers.after(hours(1), [&] { called = true; });
  }
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace demo
