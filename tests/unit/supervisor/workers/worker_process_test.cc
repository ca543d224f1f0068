#include "supervisor/workers/worker_process.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "stats/stats_area.h"
#include "unit/supervisor/failing_send.h"

namespace demo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Told final : public WorkerProcess::Observer {
 public:
  void on_message(Message) override {}
  void on_garbage(const Error&) override { ++broken; }
  void on_exit(const ProcessExit&) override { ended = true; }

  unsigned broken = 0;
  bool ended = false;
};

TEST(ProcessExit, SaysWhatTheStatusesOfAWorkerMean) {
  EXPECT_EQ((ProcessExit{false, 0}).describe(), "exit status 0");
  EXPECT_EQ((ProcessExit{false, 1}).describe(), "exit status 1");
  // It knows other options, or lays out memory and messages otherwise.
  for (const int status : {2, 3}) {
    EXPECT_EQ((ProcessExit{false, status}).describe(),
              fmt::format("exit status {}: the worker is of another build than its supervisor", status));
  }
  EXPECT_EQ((ProcessExit{false, 4}).describe(),
            "exit status 4: the worker does not understand its supervisor");
  EXPECT_EQ((ProcessExit{false, 7}).describe(), "exit status 7");
  EXPECT_EQ((ProcessExit{true, 3}).describe(), "killed by SIGQUIT");
}

TEST(WorkerProcess, WhoseChannelBrokeWhileItHadSomethingToReadDoesNotKeepTheLoopBusy) {
  ::setenv("FAKE_WORKER", "deaf", 1);
  boost::asio::io_context loop;
  Told told;
  StatsArea stats = std::move(*StatsArea::create());
  stats.prepare_page(0);
  const QuotaArea quota = QuotaArea::create(1).value();
  auto spawned = WorkerProcess::spawn(loop, {FAKE_WORKER_BINARY, 0, 0, stats.fd(), quota, 0, false}, told);
  ::unsetenv("FAKE_WORKER");
  ASSERT_TRUE(spawned) << spawned.error().message;
  WorkerProcess& process = **spawned;
  // More than the socket takes.
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(process.send(Drain{milliseconds(1)}));
  // Neither a shortage nor the other's end.
  send_error = EIO;
  process.kill(SIGUSR1);
  while (told.broken == 0) ASSERT_GT(loop.run_one_for(seconds(30)), 0U);
  send_error = 0;
  EXPECT_LT(loop.run_for(milliseconds(50)), 10U);
  EXPECT_EQ(told.broken, 1U);
  process.kill(SIGKILL);
  while (!told.ended) ASSERT_GT(loop.run_one_for(seconds(30)), 0U);
}

}  // namespace
}  // namespace demo
