// The supervisor and changes of its configuration, with real sockets and fake workers.
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>

#include "supervisor_fixture.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

class SupervisorChanges : public SupervisorFixture {
 protected:
  // Connects without a pause while the test changes things; the connections that failed.
  template <typename Work>
  int failed_during(Work work) {
    const Address address = bound();
    std::atomic<bool> done{false};
    int failed = 0;
    std::thread load([&] {
      while (!done) failed += ask(address) < 0 ? 1 : 0;
    });
    work();
    done = true;
    load.join();
    return failed;
  }
};

Listener changed_listener(const std::string& address) {
  Listener listener;
  listener.address = *Address::parse(address);
  return listener;
}

TEST_F(SupervisorChanges, AnswerAfterEveryWorkerAcknowledged) {
  open_ready();
  const auto outcome = change(edit_config([](Config& config) { config.max_connections = 5; }));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->generation, 2U);
  ASSERT_EQ(outcome->workers.size(), 2U);
  for (const WorkerOutcome& worker : outcome->workers) EXPECT_TRUE(worker.applied) << worker.error;
  for (const WorkerReport& worker : status().workers) EXPECT_EQ(worker.generation, 2U);
  EXPECT_FALSE(outcome->persisted);
}

TEST_F(SupervisorChanges, NameTheWorkerThatDidNotAcknowledge) {
  options_.ack_timeout = std::chrono::milliseconds(100);
  open_ready();
  ::kill(status().workers[1].pid, SIGSTOP);
  const auto outcome = change(edit_config([](Config& config) { config.max_connections = 5; }));
  ::kill(status().workers[1].pid, SIGCONT);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->workers.at(0).applied);
  EXPECT_FALSE(outcome->workers.at(1).applied);
  EXPECT_THAT(outcome->workers[1].error, HasSubstr("did not acknowledge"));
  wait_until([](const StatusReport& r) { return r.workers[1].generation == 2; });
}

TEST_F(SupervisorChanges, AddAndRemoveAListener) {
  open_ready();
  ASSERT_TRUE(change(add_listener(changed_listener("127.0.0.2:0"))));
  const Address second = status().listeners.at(1).bound;
  EXPECT_GE(ask(second), 0);
  EXPECT_THAT(supervisor_->sample().listeners, SizeIs(2));
  ASSERT_TRUE(change(remove_listener(*Address::parse("127.0.0.2:0"))));
  EXPECT_THAT(status().listeners, SizeIs(1));
  wait_until([&](const StatusReport&) { return ask(second) == -1; });
}

TEST_F(SupervisorChanges, RefuseABusyPortAndChangeNothing) {
  open_ready();
  const auto refused = change(add_listener(changed_listener(bound().to_string())));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(status().generation, 1U);
  EXPECT_THAT(status().listeners, SizeIs(1));
}

TEST_F(SupervisorChanges, OpenAllOfSeveralListenersOrNone) {
  open_ready();
  const std::string busy = bound().to_string();
  const auto refused = change(edit_config([&](Config& config) {
    config.listeners.push_back(changed_listener("127.0.0.3:0"));
    config.listeners.push_back(changed_listener(busy));
  }));
  ASSERT_FALSE(refused);
  EXPECT_THAT(status().listeners, SizeIs(1));
  EXPECT_GE(ask(bound()), 0);
}

TEST_F(SupervisorChanges, RefuseMoreWorkersThanCores) {
  open_ready();
  const auto refused = change(set_count(9));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "workers.count");
}

class SupervisorResize : public SupervisorChanges, public testing::WithParamInterface<AcceptMode> {};

TEST_P(SupervisorResize, LosesNoConnectionInAnyDirection) {
  set_workers(1);
  options_.config.accept_mode = GetParam();
  open_ready();
  const int failed = failed_during([this] {
    for (const unsigned count : {2U, 1U, 4U, 2U}) {
      const auto outcome = change(set_count(count));
      ASSERT_TRUE(outcome);
      EXPECT_THAT(outcome->workers, SizeIs(count));
      for (const WorkerOutcome& worker : outcome->workers) EXPECT_TRUE(worker.applied) << worker.error;
      wait_until([&](const StatusReport& r) { return r.workers.size() == count && all_ready(r); });
    }
  });
  EXPECT_EQ(failed, 0);
}

INSTANTIATE_TEST_SUITE_P(Modes, SupervisorResize,
                         testing::Values(AcceptMode::kShared, AcceptMode::kExclusive, AcceptMode::kReuseport,
                                         AcceptMode::kReuseportCpu));

TEST_F(SupervisorChanges, SwitchAcceptModesWithoutAFailedConnection) {
  set_workers(3);
  open_ready();
  const int failed = failed_during([this] {
    for (const AcceptMode mode : {AcceptMode::kShared, AcceptMode::kExclusive, AcceptMode::kReuseport,
                                  AcceptMode::kReuseportCpu, AcceptMode::kShared, AcceptMode::kReuseport}) {
      ASSERT_TRUE(change(edit_config([mode](Config& config) { config.accept_mode = mode; })));
      EXPECT_EQ(status().listeners.at(0).accept_mode, mode);
    }
  });
  EXPECT_EQ(failed, 0);
}

TEST_F(SupervisorChanges, MoveWorkersToOtherCores) {
  set_workers(1);
  open_ready();
  const pid_t before = status().workers[0].pid;
  ASSERT_TRUE(change(edit_config([](Config& config) { config.workers = {std::nullopt, 0, {1}}; })));
  const StatusReport report = status();
  EXPECT_EQ(report.workers[0].core, 1U);
  EXPECT_EQ(report.workers[0].pid, before);
}

TEST_F(SupervisorChanges, AreToldAsEvents) {
  open_ready();
  std::vector<Event> events;
  supervisor_->events().subscribe(0, [&](const EventPtr& event) { events.push_back(*event); });
  ASSERT_TRUE(change(edit_config([](Config& config) { config.max_connections = 5; })));
  stop();
  ASSERT_FALSE(events.empty());
  const auto told = std::find_if(events.begin(), events.end(),
                                 [](const Event& event) { return event.kind == EventKind::kConfigChanged; });
  ASSERT_NE(told, events.end());
  EXPECT_EQ(told->caller, "tester");
  EXPECT_EQ(told->generation, 2U);
  EXPECT_THAT(told->message, HasSubstr("max_connections"));
}

TEST_F(SupervisorChanges, GoBackToTheFile) {
  open_ready();
  ASSERT_TRUE(change(edit_config([](Config& config) { config.max_connections = 5; })));
  file_.max_connections = 7;
  std::promise<Result<ChangeOutcome>> promise;
  supervisor_->reset({}, [&](Result<ChangeOutcome> result) { promise.set_value(std::move(result)); });
  ASSERT_TRUE(promise.get_future().get());
  EXPECT_EQ(status().config.max_connections, 7U);
  EXPECT_EQ(status().file_base->max_connections, 7U);
}

TEST_F(SupervisorChanges, FollowTheFileAtSighup) {
  open_ready();
  file_.max_connections = 7;
  ::kill(::getpid(), SIGHUP);
  wait_until([](const StatusReport& r) { return r.config.max_connections == 7; });
}

TEST_F(SupervisorChanges, KeepBackendsAndTheirSlots) {
  open_ready();
  Backend backend;
  backend.endpoint = *Endpoint::parse("127.0.0.1:9");
  ASSERT_TRUE(change(add_backend("p", backend)));
  backend.endpoint = *Endpoint::parse("127.0.0.1:10");
  ASSERT_TRUE(change(add_backend("p", backend)));
  const StatusReport before = status();
  ASSERT_THAT(before.backends, SizeIs(2));
  ASSERT_TRUE(change(remove_backend("p", "127.0.0.1:9")));
  const StatusReport after = status();
  ASSERT_THAT(after.backends, SizeIs(1));
  EXPECT_EQ(after.backends[0].members.at(0).slot, before.backends[1].members.at(0).slot);
  EXPECT_THAT(supervisor_->sample().backends, SizeIs(1));
}

class SupervisorState : public SupervisorChanges {
 protected:
  SupervisorState() {
    options_.store.emplace(std::move(*StateStore::open(folder_)));
    options_.encode = [](const Config& config) { return std::to_string(config.max_connections); };
  }

  const TemporaryFolder temporary_;
  const std::string& folder_ = temporary_.path();
};

TEST_F(SupervisorState, IsSavedWithEachChange) {
  open_ready();
  const auto outcome = change(edit_config([](Config& config) { config.max_connections = 5; }));
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->persisted);
  EXPECT_EQ(status().saved_config->max_connections, 5U);
  ChangeRequest request;
  request.change = edit_config([](Config& config) { config.max_connections = 6; });
  request.persist = false;
  EXPECT_FALSE(send(std::move(request))->persisted);
  EXPECT_EQ(status().saved_config->max_connections, 5U);
  std::promise<Status> promise;
  supervisor_->save({}, [&](Status saved) { promise.set_value(saved); });
  EXPECT_TRUE(promise.get_future().get());
  EXPECT_EQ(status().saved_config->max_connections, 6U);
}

TEST_F(SupervisorState, IsInForceWithTheCoresThatAreLeft) {
  options_.cores.cores = {1};
  options_.config.max_connections = 5;
  options_.saved_config = options_.config;  // two workers
  open_ready();
  const StatusReport cut = status();
  EXPECT_THAT(cut.workers, SizeIs(1));
  EXPECT_EQ(cut.config.max_connections, 5U);
  EXPECT_TRUE(cut.degraded);
  EXPECT_THAT(cut.problems, Contains(HasSubstr("2 workers from core 0 on are more than there are cores")));
  // Other changes are possible, and the plan stays what is saved.
  ASSERT_TRUE(change(edit_config([](Config& config) { config.max_connections = 6; })));
  EXPECT_EQ(status().saved_config->workers.count, 2U);
  EXPECT_FALSE(change(set_count(3)));
  ASSERT_TRUE(change(set_count(1)));
  EXPECT_FALSE(status().degraded);
}

TEST_F(SupervisorState, HasNothingOfAChangeThatWasNotToBeSaved) {
  options_.config.client_keepalive.enabled = false;
  open_ready();
  ChangeRequest request;
  request.change = edit_config([](Config& config) { config.max_connections = 6; });
  request.persist = false;
  ASSERT_TRUE(send(std::move(request)));
  ASSERT_TRUE(change(edit_config([](Config& config) { config.client_keepalive.enabled = true; })));
  const StatusReport report = status();
  EXPECT_EQ(report.config.max_connections, 6U);
  EXPECT_EQ(report.saved_config->max_connections, 0U);
  EXPECT_TRUE(report.saved_config->client_keepalive.enabled);
}

TEST_F(SupervisorState, HasNoGenerationTwice) {
  const std::string path = folder_ + "/generation";
  const auto kept = [&] {
    std::string text;
    std::getline(std::ifstream(path), text);
    return text;
  };
  std::ofstream(path) << "41\n";
  open_ready();
  EXPECT_EQ(status().generation, 42U);
  EXPECT_EQ(kept(), "1042") << "for a crash";
  ChangeRequest request;
  request.change = set_count(1);
  request.expected_generation = 41;
  EXPECT_EQ(send(request).error().code, ErrorCode::kAborted) << "seen before the restart";
  request.expected_generation = 42;
  EXPECT_EQ(send(request)->generation, 43U);
  stop();
  EXPECT_EQ(kept(), "43");
}

TEST_F(SupervisorState, IsNamedWhileAPowerLossMayUndoIt) {
  std::atomic<int> error = EIO;
  options_.store.reset();
  options_.store.emplace(std::move(*StateStore::open(folder_, [&](int) { return error.load(); })));
  open_ready();
  const auto set_limit = [](std::uint64_t limit) {
    return edit_config([limit](Config& config) { config.max_connections = limit; });
  };
  const auto outcome = change(set_limit(5));
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->persisted);
  EXPECT_EQ(status().config.max_connections, 5U);
  EXPECT_TRUE(status().degraded);
  EXPECT_THAT(status().problems, Contains(HasSubstr("Input/output error")));
  error = 0;
  EXPECT_TRUE(change(set_limit(5))->persisted) << "no difference, but saved again";
  EXPECT_FALSE(status().degraded);
  stop();
}

TEST_F(SupervisorState, IsMissedUntilTheDamagedOneIsRemoved) {
  const std::string damaged = folder_ + "/state.json.damaged-20260101T000000Z";
  std::ofstream(damaged) << "half";
  options_.store.reset();
  options_.store.emplace(std::move(*StateStore::open(folder_)));
  open_ready();
  EXPECT_TRUE(status().degraded);
  EXPECT_THAT(status().problems, Contains(HasSubstr(damaged)));
  std::filesystem::remove(damaged);
  EXPECT_FALSE(status().degraded);
}

TEST_F(SupervisorChanges, CannotBeSavedWithoutAFolder) {
  open_ready();
  std::promise<Status> promise;
  supervisor_->save({}, [&](Status saved) { promise.set_value(saved); });
  EXPECT_EQ(promise.get_future().get().error().code, ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace demo
