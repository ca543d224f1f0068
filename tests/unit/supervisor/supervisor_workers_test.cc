// The supervisor and its workers' lives, with workers that misbehave.
#include <atomic>
#include <set>

#include "supervisor_fixture.h"

namespace demo {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class SupervisorWorkers : public SupervisorFixture {};

TEST_F(SupervisorWorkers, AreNamedForWhatTheyCouldNotPutInForce) {
  set_manner("complain");
  open_ready();
  const StatusReport report = status();
  EXPECT_THAT(report.workers.at(0).problems, testing::ElementsAre("a complaint"));
  EXPECT_TRUE(report.degraded);
  EXPECT_THAT(report.problems,
              testing::Contains(HasSubstr("worker 1 has not put all in force: a complaint")));
}

TEST_F(SupervisorWorkers, AcceptOnOnePortEachOnItsCore) {
  set_workers(3);
  open_ready();
  const StatusReport report = status();
  ASSERT_EQ(report.workers.size(), 3U);
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_EQ(report.workers[i].index, i);
    EXPECT_EQ(report.workers[i].core, i);
    EXPECT_GT(report.workers[i].pid, 0);
    EXPECT_EQ(report.workers[i].generation, 1U);
  }
  EXPECT_FALSE(report.degraded);
  std::set<int> answered;
  for (int i = 0; i < 100; ++i) answered.insert(ask(report.listeners[0].bound));
  EXPECT_EQ(answered, (std::set<int>{0, 1, 2}));
}

TEST_F(SupervisorWorkers, AreReplacedWhenKilledWithoutARefusedConnection) {
  open_ready();
  const StatusReport before = status();
  std::atomic<bool> done{false};
  int failed = 0;
  std::thread load([&] {
    while (!done) failed += ask(before.listeners[0].bound) < 0 ? 1 : 0;
  });
  ::kill(before.workers[0].pid, SIGKILL);
  const StatusReport after = wait_until([&](const StatusReport& report) {
    return report.workers[0].pid != before.workers[0].pid && all_ready(report);
  });
  done = true;
  load.join();
  // The connection that the killed worker was answering is the only one that may be lost.
  EXPECT_LE(failed, 1);
  EXPECT_EQ(after.workers[0].core, before.workers[0].core);
  EXPECT_EQ(after.workers[0].respawns, 1U);
  EXPECT_EQ(after.workers[0].last_exit, "killed by SIGKILL");
  EXPECT_EQ(after.workers[1].pid, before.workers[1].pid);
}

TEST_F(SupervisorWorkers, AreKnownByTheirProcessesAsLongAsThoseRun) {
  set_workers(1);
  open_ready();
  const pid_t first = status().workers[0].pid;
  EXPECT_TRUE(supervisor_->is_worker(first));
  EXPECT_FALSE(supervisor_->is_worker(::getpid()));
  ::kill(first, SIGKILL);
  const StatusReport after = wait_until(
      [&](const StatusReport& report) { return report.workers[0].pid != first && all_ready(report); });
  EXPECT_TRUE(supervisor_->is_worker(after.workers[0].pid));
  EXPECT_FALSE(supervisor_->is_worker(first));
}

TEST_F(SupervisorWorkers, LeaveTheirCountersToTheirSuccessors) {
  set_workers(1);
  open_ready();
  const StatusReport before = status();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(before.listeners[0].bound), 0);
  ::kill(before.workers[0].pid, SIGKILL);
  wait_until([&](const StatusReport& report) {
    return report.workers[0].pid != before.workers[0].pid && all_ready(report);
  });
  EXPECT_EQ(supervisor_->sample().workers.at(0).figures.connections_accepted, 10U);
  EXPECT_EQ(supervisor_->sample().workers.at(0).figures.connections_open, 0U);
}

TEST_F(SupervisorWorkers, HaveTheirLostConnectionsCounted) {
  set_workers(1);
  open_ready();
  ask(bound());
  std::promise<std::string> died;
  bool told = false;
  supervisor_->events().subscribe(0, [&](const EventPtr& event) {
    if (event->kind == EventKind::kWorkerDied && !std::exchange(told, true)) died.set_value(event->message);
  });
  ::kill(status().workers[0].pid, SIGKILL);
  EXPECT_THAT(died.get_future().get(), HasSubstr("5 connections lost"));
}

TEST_F(SupervisorWorkers, ThatDieAtStartLeaveTheDaemonUpAndDegraded) {
  set_manner("die");
  open();
  const StatusReport report =
      wait_until([](const StatusReport& r) { return r.degraded && r.workers[0].respawns >= 2; });
  EXPECT_EQ(report.workers[0].last_exit, "exit status 7");
  EXPECT_THAT(report.problems.at(0), HasSubstr("worker 0 is"));
  ::unsetenv("FAKE_WORKER");
  EXPECT_FALSE(wait_until([](const StatusReport& r) { return all_ready(r); }).degraded);
}

TEST_F(SupervisorWorkers, OfWhichNoneAcceptsAreAProblem) {
  set_workers(1);
  set_manner("mute");
  open();
  const StatusReport report = status();
  EXPECT_TRUE(report.degraded);
  EXPECT_THAT(report.problems, testing::Contains("no worker accepts connections"));
}

TEST_F(SupervisorWorkers, WithoutABinaryLeaveTheDaemonUpAndDegraded) {
  options_.workers.binary = "/nonexistent/demo-server-worker";
  open();
  const StatusReport report = wait_until([](const StatusReport& r) { return r.degraded; });
  EXPECT_THAT(report.problems.at(0), HasSubstr("/nonexistent/demo-server-worker"));
  EXPECT_EQ(report.workers[0].pid, 0);
}

TEST_F(SupervisorWorkers, ThatSendGarbageAreKilled) {
  set_workers(1);
  set_manner("garbage");
  open();
  const StatusReport report = wait_until([](const StatusReport& r) { return r.workers[0].respawns >= 1; });
  EXPECT_EQ(report.workers[0].last_exit, "killed by SIGKILL");
}

TEST_F(SupervisorWorkers, ThatCrashAreReplacedAgainAndAgain) {
  set_workers(1);
  set_manner("crash");
  open();
  const StatusReport report = wait_until([](const StatusReport& r) { return r.workers[0].respawns >= 3; });
  EXPECT_EQ(report.workers[0].last_exit, "killed by SIGABRT");
}

TEST_F(SupervisorWorkers, WhoseLoopStandsStillAreKilled) {
  set_workers(1);
  options_.workers.heartbeat_timeout = std::chrono::milliseconds(1500);
  set_manner("stall");
  open();
  wait_until([](const StatusReport& r) { return r.workers[0].respawns >= 1; });
}

TEST_F(SupervisorWorkers, ThatNeverGetReadyAreKilled) {
  set_workers(1);
  options_.workers.heartbeat_timeout = std::chrono::milliseconds(1500);
  set_manner("mute");
  open();
  const StatusReport report = wait_until([](const StatusReport& r) { return r.workers[0].respawns >= 1; });
  EXPECT_EQ(report.workers[0].last_exit, "killed by SIGKILL");
}

TEST_F(SupervisorWorkers, ThatCloseTheirChannelAreKilled) {
  set_workers(1);
  set_manner("close");
  open();
  wait_until([](const StatusReport& r) { return r.workers[0].respawns >= 1; });
}

TEST_F(SupervisorWorkers, ServeTheQueueOfANeighbourThatCannotStart) {
  open_ready();
  const Address address = bound();
  set_manner("die");
  ::kill(status().workers[0].pid, SIGKILL);
  wait_until([](const StatusReport& r) { return r.workers[0].respawns >= 3; });
  // Half of the connections go to the socket of the dead worker.
  for (int i = 0; i < 40; ++i) EXPECT_EQ(ask(address), 1);
}

TEST_F(SupervisorWorkers, RestartOneAfterTheOther) {
  open_ready();
  const StatusReport before = status();
  std::atomic<bool> done{false};
  int failed = 0;
  std::thread load([&] {
    while (!done) failed += ask(before.listeners[0].bound) < 0 ? 1 : 0;
  });
  const auto outcome = restart(std::nullopt);
  done = true;
  load.join();
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->workers.size(), 2U);
  for (const WorkerOutcome& worker : outcome->workers) EXPECT_TRUE(worker.applied) << worker.error;
  const StatusReport after = status();
  EXPECT_TRUE(all_ready(after));
  for (unsigned i = 0; i < 2; ++i) {
    EXPECT_NE(after.workers[i].pid, before.workers[i].pid);
    EXPECT_EQ(after.workers[i].respawns, 0U);
  }
  EXPECT_EQ(failed, 0);
}

TEST_F(SupervisorWorkers, RestartAloneOnRequest) {
  open_ready();
  const StatusReport before = status();
  ASSERT_TRUE(restart(1));
  const StatusReport after = status();
  EXPECT_EQ(after.workers[0].pid, before.workers[0].pid);
  EXPECT_NE(after.workers[1].pid, before.workers[1].pid);
  const auto unknown = restart(7);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
}

TEST_F(SupervisorWorkers, HaveARefusedRestartRecordedNowhere) {
  set_workers(1);
  open_ready();
  // Its successor never gets ready: the restart stays under way.
  set_manner("mute");
  std::promise<void> stopped;
  supervisor_->restart_workers({0, {}, {"first", {}, {}, {}}, nullptr},
                               [&](const Result<ChangeOutcome>&) { stopped.set_value(); });
  EXPECT_EQ(restart(0).error().code, ErrorCode::kFailedPrecondition);
  std::vector<std::string> callers;
  supervisor_->events().subscribe(0, [&](const EventPtr& event) {
    if (event->kind == EventKind::kWorkerDraining && !event->caller.empty()) callers.push_back(event->caller);
  });
  EXPECT_THAT(callers, testing::ElementsAre("first"));
  stop();
  stopped.get_future().wait();
}

TEST_F(SupervisorWorkers, StayWhenTheRestartWasMeantForAnotherGeneration) {
  open_ready();
  const StatusReport before = status();
  const auto refused = restart(std::nullopt, before.generation + 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kAborted);
  EXPECT_EQ(status().workers[0].pid, before.workers[0].pid);
  EXPECT_TRUE(restart(0, before.generation));
}

// The process of a worker that drains and does not leave; 0 when there is none.
pid_t draining(const StatusReport& report) {
  for (const WorkerReport& worker : report.workers) {
    if (!worker.planned && worker.state == WorkerState::kDraining) return worker.pid;
  }
  return 0;
}

TEST_F(SupervisorWorkers, AreReplacedBesideADrainThatTakesLong) {
  set_workers(1);
  set_manner("linger");
  options_.workers.drain_timeout = std::chrono::hours(1);
  open_ready();
  const pid_t before = status().workers.at(0).pid;
  ::unsetenv("FAKE_WORKER");
  const auto outcome = restart(0);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->workers.at(0).error, "");
  EXPECT_EQ(ask(bound()), 0);
  const StatusReport report = status();
  EXPECT_TRUE(all_ready(report));
  EXPECT_FALSE(report.degraded);
  EXPECT_NE(report.workers.at(0).pid, before);
  EXPECT_EQ(draining(report), before);
  ::kill(before, SIGKILL);
  wait_until([](const StatusReport& r) { return draining(r) == 0; });
}

TEST_F(SupervisorWorkers, WantedAgainServeBesideTheDrainOfTheOnesBefore) {
  set_manner("linger");
  options_.workers.drain_timeout = std::chrono::hours(1);
  open_ready();
  const pid_t before = status().workers.at(1).pid;
  ::unsetenv("FAKE_WORKER");
  ASSERT_TRUE(change(set_count(1)));
  const auto outcome = change(set_count(2));
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->workers.size(), 2U);
  for (const WorkerOutcome& worker : outcome->workers) EXPECT_EQ(worker.error, "");
  const StatusReport report = status();
  EXPECT_TRUE(all_ready(report));
  EXPECT_EQ(draining(report), before);
  std::set<int> answered;
  const Address address = bound();
  for (int i = 0; i < 100; ++i) answered.insert(ask(address));
  EXPECT_EQ(answered, (std::set<int>{0, 1}));
  ::kill(before, SIGKILL);
  // The other one lingers too when the supervisor ends.
  ::kill(report.workers.at(0).pid, SIGKILL);
  wait_until([](const StatusReport& r) { return draining(r) == 0 && all_ready(r); });
}

TEST_F(SupervisorWorkers, KeepTheirProcessWhenItsSuccessorCannotServe) {
  set_workers(1);
  open_ready();
  const pid_t before = status().workers.at(0).pid;
  set_manner("die");
  const auto outcome = restart(0);
  ASSERT_TRUE(outcome);
  EXPECT_THAT(outcome->workers.at(0).error, HasSubstr("exit status 7"));
  const StatusReport report = status();
  EXPECT_EQ(report.workers.at(0).pid, before);
  EXPECT_TRUE(all_ready(report));
  EXPECT_EQ(ask(bound()), 0);
}

TEST_F(SupervisorWorkers, ThatWaitForTheirNextStartAreRestartedAtOnce) {
  set_workers(1);
  set_manner("die");
  open();
  wait_until([](const StatusReport& r) { return r.workers[0].respawns >= 3; });
  ::unsetenv("FAKE_WORKER");
  const auto outcome = restart(0);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->workers.at(0).error, "");
  EXPECT_TRUE(all_ready(status()));
}

TEST_F(SupervisorWorkers, CountOnOverRestartsAndResizes) {
  set_workers(2);
  open_ready();
  const Address address = bound();
  const auto accepted = [this] {
    std::uint64_t sum = 0;
    const StatsSample sample = supervisor_->sample();
    for (const auto* workers : {&sample.workers, &sample.former}) {
      for (const WorkerSample& worker : *workers) sum += worker.figures.connections_accepted;
    }
    return sum;
  };
  for (int i = 0; i < 20; ++i) ask(address);
  EXPECT_EQ(accepted(), 20U);
  ASSERT_TRUE(restart(std::nullopt));
  wait_until([](const StatusReport& r) { return r.workers.size() == 2; });
  EXPECT_EQ(accepted(), 20U);
  ASSERT_TRUE(change(set_count(1)));
  wait_until([](const StatusReport& r) { return r.workers.size() == 1; });
  EXPECT_EQ(accepted(), 20U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(address), 0);
  ASSERT_TRUE(change(set_count(2)));
  EXPECT_EQ(accepted(), 25U);
}

TEST_F(SupervisorWorkers, WantedAgainWhileTheyLeaveAreThereAtOnce) {
  set_workers(1);
  open_ready();
  for (int i = 0; i < 20; ++i) {
    for (const unsigned count : {2U, 1U}) {
      const auto outcome = change(set_count(count));
      ASSERT_TRUE(outcome) << outcome.error().message;
      ASSERT_EQ(outcome->workers.size(), count);
      for (const WorkerOutcome& worker : outcome->workers) EXPECT_EQ(worker.error, "");
    }
  }
}

TEST_F(SupervisorWorkers, ThatDoNotLeaveAfterTheirDeadlineAreKilled) {
  set_workers(1);
  set_manner("linger");
  options_.workers.drain_timeout = std::chrono::milliseconds(10);
  open_ready();
  ::unsetenv("FAKE_WORKER");
  const pid_t before = status().workers[0].pid;
  const auto outcome = restart(0);
  ASSERT_TRUE(outcome);
  EXPECT_NE(status().workers[0].pid, before);
}

TEST_F(SupervisorWorkers, AreGoneWhenTheSupervisorEnds) {
  open_ready();
  const StatusReport report = status();
  stop();
  for (const WorkerReport& worker : report.workers) EXPECT_NE(::kill(worker.pid, 0), 0);
}

}  // namespace
}  // namespace demo
