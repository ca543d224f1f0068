#include "supervisor/workers/worker_process.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "base/pidfd.h"
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

// One that another supervisor started, and whose child it is.
class AdoptedProcess : public testing::Test {
 protected:
  class Ended final : public WorkerProcess::Observer {
   public:
    void on_message(Message) override { ++messages; }
    void on_garbage(const Error&) override { ++messages; }
    void on_exit(const ProcessExit& exit) override { how = exit.describe(); }

    unsigned messages = 0;
    std::string how;
  };

  AdoptedProcess() {
    ::unsetenv("FAKE_WORKER");
    stats_.prepare_page(0);
    auto spawned =
        WorkerProcess::spawn(loop_, {FAKE_WORKER_BINARY, 0, 0, stats_.fd(), quota_, 0, false}, before_);
    EXPECT_TRUE(spawned);
    first_ = std::move(*spawned);
  }
  // As the service manager hands them on.
  WorkerProcess::Heirloom heirloom() const {
    return {first_->pid(), first_->channel_number(), UniqueFd(::dup(first_->pidfd())),
            UniqueFd(::dup(first_->channel_fd()))};
  }
  // Of a process that is no child of this one.
  WorkerProcess::Heirloom heirloom_of_stranger() {
    FILE* const shell = ::popen("sleep 60 >/dev/null & echo $!", "r");
    char text[16] = {};
    EXPECT_NE(std::fgets(text, sizeof text, shell), nullptr);
    ::pclose(shell);
    stranger_ = std::atoi(text);
    return {stranger_, 7, UniqueFd(::pidfd_open(stranger_, 0)), {}};
  }
  ~AdoptedProcess() override {
    if (stranger_ > 0) ::kill(stranger_, SIGKILL);
  }

  std::string end_of(Ended& observer) {
    while (observer.how.empty()) EXPECT_GT(loop_.run_one_for(seconds(30)), 0U);
    return observer.how;
  }

  boost::asio::io_context loop_;
  StatsArea stats_ = std::move(*StatsArea::create());
  const QuotaArea quota_ = QuotaArea::create(1).value();
  Ended before_;
  std::unique_ptr<WorkerProcess> first_;
  Ended after_;
  pid_t stranger_ = 0;
};

TEST_F(AdoptedProcess, EndsWithItsChannelThoughTheOtherEndIsHeldElsewhere) {
  auto adopted = WorkerProcess::adopt(loop_, heirloom(), after_);
  ASSERT_TRUE(adopted) << adopted.error().message;
  EXPECT_TRUE((*adopted)->adopted());
  EXPECT_EQ((*adopted)->channel_number(), first_->channel_number());
  (*adopted)->end_channel();
  // A child, as after an upgrade of the supervisor's program.
  EXPECT_EQ(end_of(after_), "exit status 1");
  EXPECT_EQ(after_.messages, 0U);
}

TEST_F(AdoptedProcess, WhoseChannelIsLostIsWatchedAllTheSame) {
  auto adopted = WorkerProcess::adopt(loop_, heirloom_of_stranger(), after_);
  ASSERT_TRUE(adopted) << adopted.error().message;
  (*adopted)->kill(SIGKILL);
  EXPECT_EQ(end_of(after_), "how is not known, the supervisor before had started it");
}

TEST_F(AdoptedProcess, IsFoundByItsNumberAsLongAsItsChannelIsOpen) {
  auto numbered = heirloom();
  numbered.pidfd.reset();
  ASSERT_TRUE(WorkerProcess::adopt(loop_, std::move(numbered), after_));
}

TEST_F(AdoptedProcess, IsGoneWhereOnlyItsNumberIsLeft) {
  auto numbered = heirloom_of_stranger();
  numbered.pidfd.reset();
  auto adopted = WorkerProcess::adopt(loop_, std::move(numbered), after_);
  ASSERT_FALSE(adopted);
  EXPECT_EQ(adopted.error().code, ErrorCode::kNotFound);
}

TEST_F(AdoptedProcess, IsFoundByItsNumberAloneAsAChild) {
  auto adopted = WorkerProcess::adopt(loop_, {first_->pid(), 1, {}, {}}, after_);
  ASSERT_TRUE(adopted) << adopted.error().message;
  (*adopted)->kill(SIGKILL);
  EXPECT_EQ(end_of(after_), "killed by SIGKILL");
}

TEST_F(AdoptedProcess, LivesOnWhenItWasLetGo) {
  auto adopted = WorkerProcess::adopt(loop_, heirloom(), after_);
  ASSERT_TRUE(adopted);
  (*adopted)->let_go();
  adopted->reset();
  EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(first_->pid()), nullptr, WEXITED | WNOHANG | WNOWAIT), 0);
  EXPECT_TRUE(before_.how.empty());
  first_->kill(SIGKILL);
  EXPECT_EQ(end_of(before_), "killed by SIGKILL");
}

}  // namespace
}  // namespace demo
