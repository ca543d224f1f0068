// A supervisor that is short of descriptors blames nobody, and makes up for everything once it has some
// again.
#include <atomic>
#include <optional>
#include <stdexcept>

#include "supervisor_fixture.h"
#include "unit/descriptor_limit.h"

namespace demo {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SupervisorShortage : public SupervisorFixture {
 protected:
  SupervisorShortage() {
    set_workers(1);
    options_.ack_timeout = std::chrono::milliseconds(20);
  }
  // The warnings so far about it, and their ends.
  std::vector<std::string> told(const std::string& subject) {
    std::vector<std::string> messages;
    const auto subscription = supervisor_->events().subscribe(0, [&](const EventPtr& event) {
      if (event->kind == EventKind::kWarning && event->subject == subject) messages.push_back(event->message);
    });
    supervisor_->events().unsubscribe(subscription);
    return messages;
  }
};

// The memory of the snapshot cannot be made.
TEST_F(SupervisorShortage, LeavesAWorkerAGenerationBehindAndTellsItLater) {
  open_ready();
  const StatusReport before = status();
  std::optional<DescriptorLimit> shortage(std::in_place, 0U);
  const auto outcome = change(edit_config([](Config& config) { config.max_connections = 7; }));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_FALSE(outcome->workers.at(0).applied);
  const StatusReport meanwhile = status();
  EXPECT_EQ(meanwhile.workers.at(0).pid, before.workers.at(0).pid);
  EXPECT_EQ(meanwhile.workers.at(0).generation, before.generation);
  EXPECT_TRUE(meanwhile.degraded);
  EXPECT_THAT(meanwhile.problems, Contains(HasSubstr("Too many open files")));
  shortage.reset();
  const StatusReport after =
      wait_until([&](const StatusReport& r) { return r.workers.at(0).generation == outcome->generation; });
  EXPECT_EQ(after.workers.at(0).pid, before.workers.at(0).pid);
  EXPECT_THAT(after.problems, IsEmpty());
}

// Sockets are passed without a copy here.
TEST_F(SupervisorShortage, DescriptorForTheSnapshotIsEnoughForAChange) {
  open_ready();
  const DescriptorLimit shortage(1);
  const auto outcome = change(edit_config([](Config& config) { config.max_connections = 7; }));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->workers.at(0).applied);
}

TEST_F(SupervisorShortage, PassesANewLogLater) {
  open_ready();
  const pid_t before = status().workers.at(0).pid;
  std::optional<DescriptorLimit> shortage(std::in_place, 0U);
  ::kill(::getpid(), SIGUSR1);
  const auto keeps_its_log = Contains(HasSubstr("keeps its old log"));
  wait_until([&](const StatusReport& r) { return testing::Value(r.problems, keeps_its_log); });
  shortage.reset();
  wait_until([](const StatusReport& r) { return r.problems.empty(); });
  EXPECT_EQ(status().workers.at(0).pid, before);
}

TEST_F(SupervisorShortage, IsToldAtItsBeginningAndItsEndHoweverOftenItIsTried) {
  set_manner("cramped");
  open_ready();
  EXPECT_THAT(told("worker 0"),
              ElementsAre(HasSubstr("no room for descriptors"), HasSubstr("after 5 tries in vain")));
}

TEST_F(SupervisorShortage, IsNamedThoughNobodyNeedsADescriptor) {
  open_ready();
  std::optional<DescriptorLimit> shortage(std::in_place, 0U);
  const auto named = [&] { return told("file descriptors"); };
  wait_until([&](const StatusReport&) { return !named().empty(); });
  EXPECT_THAT(named(), ElementsAre(HasSubstr("are in use")));
  EXPECT_TRUE(status().degraded);
  EXPECT_THAT(status().problems, Contains(HasSubstr("no file descriptor left")));
  shortage.reset();
  EXPECT_THAT(status().problems, IsEmpty());
}

TEST_F(SupervisorShortage, AtAStartIsShownBesideTheLastExitAndHoldsNothingUpAfterwards) {
  open_ready();
  std::optional<DescriptorLimit> shortage(std::in_place, 0U);
  ::kill(status().workers.at(0).pid, SIGKILL);
  const StatusReport meanwhile =
      wait_until([](const StatusReport& r) { return !r.workers.at(0).trouble.empty(); });
  EXPECT_EQ(meanwhile.workers.at(0).last_exit, "killed by SIGKILL");
  EXPECT_THAT(meanwhile.workers.at(0).trouble, HasSubstr("Too many open files"));
  EXPECT_THAT(meanwhile.problems, Contains(HasSubstr("worker 0: does not start: ")));
  shortage.reset();
  const StatusReport after = wait_until([](const StatusReport& r) { return all_ready(r); });
  EXPECT_EQ(after.workers.at(0).last_exit, "killed by SIGKILL");
  EXPECT_EQ(after.workers.at(0).trouble, "");
  EXPECT_EQ(after.workers.at(0).respawns, 1U);
}

TEST_F(SupervisorShortage, GoesOnAfterAnExceptionThatNobodyForesaw) {
  std::atomic<int> thrown = 0;
  options_.reopen_log = [&thrown]() -> Status {
    ++thrown;
    throw std::runtime_error("no room for it");
  };
  open_ready();
  const pid_t before = status().workers.at(0).pid;
  // What the exception came through is listened to on: twice, and at the end.
  for (const int times : {1, 2}) {
    ::kill(::getpid(), SIGUSR1);
    wait_until([&](const StatusReport&) { return thrown == times; });
  }
  const StatusReport after = status();
  EXPECT_EQ(after.workers.at(0).pid, before);
  EXPECT_TRUE(all_ready(after));
}

}  // namespace
}  // namespace demo
