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
#include "control/services/backend_drains.h"
#include "fake_supervisor.h"

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

TEST(ConnectionCensus, CountsOnlyWhatIsStillOpen) {
  ConnectionCensus census(2, 2);
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
  UniqueFd first(pair[0]), second(pair[1]);
  UniqueFd third(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_TRUE(census.admit(first.get(), 0));
  EXPECT_TRUE(census.admit(second.get(), 0));
  EXPECT_FALSE(census.admit(third.get(), 0));
  first.reset();
  UniqueFd fourth(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));  // most likely the number of the first
  // A crowd that is refused is not worth a look each time.
  EXPECT_FALSE(census.admit(fourth.get(), 1'000'000));
  EXPECT_TRUE(census.admit(fourth.get(), 10'000'000));
  EXPECT_FALSE(census.admit(third.get(), 20'000'000));
}

TEST(ConnectionCensus, KeepsPlacesForOtherUsersThanTheOneWithMany) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to connect as somebody else";
  ConnectionCensus census(1, 2);
  std::array<int, 2> ours{}, theirs{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ours.data()), 0);
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(::seteuid(kNobody), 0);
  const int made = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, theirs.data());
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_EQ(made, 0);
  const UniqueFd first(theirs[0]), second(theirs[1]), third(ours[0]), fourth(ours[1]);
  EXPECT_TRUE(census.admit(first.get(), 0));
  EXPECT_FALSE(census.admit(second.get(), 0));
  EXPECT_TRUE(census.admit(third.get(), 0));
}

class Drains : public testing::Test {
 protected:
  void SetUp() override {
    Backend backend;
    backend.endpoint = *Endpoint::parse("10.0.0.3:80");
    supervisor.set_config(add_backend("default", backend)(Config{}).value());
    set_active(1);
    supervisor.events().subscribe(0, [this](const EventPtr& event) { told.push_back(event->message); });
  }

  void set_active(std::uint64_t active) {
    StatsSample sample;
    sample.backends.push_back({"default", "10.0.0.3:80", "10.0.0.3:80", {}});
    sample.backends.push_back({"other", "10.0.0.3:80", "10.0.0.3:80", {}});
    sample.backends[0].figures.requests_active = active;
    sample.backends[1].figures.requests_active = 99;
    supervisor.set_sample(sample);
  }

  DrainOrder order(milliseconds timeout) const {
    DrainOrder made{{"default", "10.0.0.3:80"}, timeout, true, {}, {}};
    made.begin.change =
        update_backend("default", "10.0.0.3:80", [](Backend& b) { b.state = BackendState::kDrain; });
    made.removal = remove_backend("default", "10.0.0.3:80", IfMissing::kIgnore);
    return made;
  }

  test::FakeSupervisor supervisor;
  std::vector<std::string> told;
  TimerThread timers;
  BackendDrains drains{supervisor, timers};
};

TEST_F(Drains, EndAsSoonAsNothingIsInFlight) {
  std::promise<DrainProgress> begun, ended;
  drains.start(
      order(hours(1)), [&](const auto&, const DrainProgress& p) { begun.set_value(p); },
      [&](const auto& outcome, const DrainProgress& p) {
        EXPECT_TRUE(outcome);
        ended.set_value(p);
      });
  EXPECT_EQ(begun.get_future().get().at_start, 1U);
  set_active(0);
  EXPECT_EQ(ended.get_future().get().forced, 0U);
  EXPECT_TRUE(supervisor.config().pools[0].backends.empty());
  ASSERT_FALSE(told.empty());
  EXPECT_THAT(told.front(), HasSubstr("drains for up to 1h: 1 in flight"));
  EXPECT_EQ(told.back(), "drained and removed");
  const auto changes = supervisor.changes();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_FALSE(changes[0].persist) << "a restart shall not find it draining for ever";
  EXPECT_TRUE(changes[1].persist);
  ASSERT_TRUE(changes[1].saved_change) << "saved it is ready, not draining";
}

TEST_F(Drains, TellWhatWasLostWithItsWorkerOrCutOff) {
  std::promise<void> begun;
  std::promise<DrainProgress> ended;
  StatsSample sample = supervisor.sample();
  BackendFigures& figures = sample.backends[0].figures;
  figures.requests_active = 4;
  figures.lost = figures.forced_closes = 7;  // long ago
  supervisor.set_sample(sample);
  drains.start(
      order(hours(1)), [&](const auto&, const auto&) { begun.set_value(); },
      [&](const auto&, const DrainProgress& p) { ended.set_value(p); });
  begun.get_future().wait();
  figures.requests_active = 0;
  figures.lost = 8;
  figures.forced_closes = 9;
  supervisor.set_sample(sample);
  const DrainProgress progress = ended.get_future().get();
  EXPECT_EQ(progress.at_start, 4U);
  EXPECT_EQ(progress.lost, 1U);
  EXPECT_EQ(progress.forced, 2U);
  EXPECT_EQ(told.back(), "removed: 2 cut off, 1 lost with their worker");
}

TEST_F(Drains, TellWhatAnotherRemovalCutOff) {
  std::promise<void> begun;
  std::promise<DrainProgress> first, second;
  drains.start(
      order(hours(1)), [&](const auto&, const auto&) { begun.set_value(); },
      [&](const auto&, const DrainProgress& p) { first.set_value(p); });
  begun.get_future().wait();
  drains.start(
      order(milliseconds(1)), [](const auto&, const auto&) {},
      [&](const auto&, const DrainProgress& p) {
        supervisor.set_sample({});
        second.set_value(p);
      });
  EXPECT_EQ(second.get_future().get().forced, 1U);
  EXPECT_EQ(first.get_future().get().forced, 1U);
}

TEST_F(Drains, TellOfABackendThatWasRemovedUnderThem) {
  for (const bool remove : {true, false}) {
    set_active(1);
    std::promise<void> begun;
    std::promise<DrainProgress> ended;
    DrainOrder waits = order(hours(1));
    waits.remove = remove;
    Backend backend;
    backend.endpoint = *Endpoint::parse("10.0.0.3:80");
    supervisor.set_config(add_backend("default", backend)(Config{}).value());
    drains.start(
        std::move(waits), [&](const auto&, const auto&) { begun.set_value(); },
        [&](const auto&, const DrainProgress& p) { ended.set_value(p); });
    begun.get_future().wait();
    supervisor.set_config({});
    supervisor.set_sample({});
    const DrainProgress progress = ended.get_future().get();
    EXPECT_EQ(progress.remaining, 1U) << "it goes on, nobody sees how it ends";
    EXPECT_EQ(progress.forced + progress.lost, 0U);
    EXPECT_THAT(told.back(), HasSubstr("with 1 in flight"));
  }
}

TEST_F(Drains, LeaveABackendThatWasMadeReadyAgain) {
  std::promise<void> begun;
  std::promise<Result<ChangeOutcome>> ended;
  drains.start(
      order(hours(1)), [&](const auto&, const auto&) { begun.set_value(); },
      [&](const auto& outcome, const auto&) { ended.set_value(outcome); });
  begun.get_future().wait();
  supervisor.change(
      {"ready",
       update_backend("default", "10.0.0.3:80", [](Backend& b) { b.state = BackendState::kReady; }),
       {},
       true,
       false,
       {},
       {},
       nullptr,
       {}},
      [this](const auto&) { set_active(0); });
  const auto outcome = ended.get_future().get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kAborted);
  EXPECT_EQ(supervisor.config().pools[0].backends.size(), 1U);
}

// A removal that is refused so often before it succeeds.
Change fails_first(unsigned times, Change removal) {
  auto left = std::make_shared<unsigned>(times);
  return [left, removal = std::move(removal)](const Config& config) -> Result<Config> {
    if (*left == 0) return removal(config);
    --*left;
    return Error{ErrorCode::kResourceExhausted, "the disk is full", "", ""};
  };
}

TEST_F(Drains, TryARemovalAgainThatFailed) {
  set_active(0);
  std::promise<void> removed;
  supervisor.events().subscribe(0, [&](const EventPtr& event) {
    if (event->message == "drained and removed") removed.set_value();
  });
  DrainOrder failing = order(hours(1));
  failing.removal = fails_first(1, failing.removal);
  std::promise<Result<ChangeOutcome>> ended;
  drains.start(
      std::move(failing), [](const auto&, const auto&) {},
      [&](const auto& outcome, const auto&) { ended.set_value(outcome); });
  const auto outcome = ended.get_future().get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kResourceExhausted);
  EXPECT_THAT(outcome.error().message, HasSubstr("tried again until it succeeds"));
  removed.get_future().wait();
  EXPECT_TRUE(supervisor.config().pools[0].backends.empty());
  EXPECT_THAT(told, Contains(HasSubstr("not removed after its drain: the disk is full; ")));
}

TEST_F(Drains, TryARemovalOfOneBackendByOneTimer) {
  set_active(0);
  std::promise<void> removed;
  supervisor.events().subscribe(0, [&](const EventPtr& event) {
    if (event->message == "drained and removed") removed.set_value();
  });
  DrainOrder failing = order(hours(1));
  failing.removal = fails_first(2, failing.removal);
  for (unsigned i = 0; i < 2; ++i) {
    std::promise<void> ended;
    drains.start(
        failing, [](const auto&, const auto&) {}, [&](const auto&, const auto&) { ended.set_value(); });
    ended.get_future().wait();
  }
  removed.get_future().wait();
  EXPECT_EQ(supervisor.changes().size(), 5U) << "two begun, two refused, one that succeeded";
}

TEST_F(Drains, LeaveABackendThatWasMadeReadyAgainBeforeItsRemovalIsTriedOnceMore) {
  set_active(0);
  std::promise<void> left;
  supervisor.events().subscribe(0, [&](const EventPtr& event) {
    if (event->message.find("no longer draining") != std::string::npos) left.set_value();
  });
  DrainOrder failing = order(hours(1));
  failing.removal = fails_first(1, failing.removal);
  std::promise<void> ended;
  drains.start(
      std::move(failing), [](const auto&, const auto&) {},
      [&](const auto&, const auto&) {
        Config config = supervisor.config();
        config.pools[0].backends[0].state = BackendState::kReady;
        supervisor.set_config(config);
        ended.set_value();
      });
  ended.get_future().wait();
  left.get_future().wait();
  EXPECT_EQ(supervisor.config().pools[0].backends.size(), 1U);
}

TEST_F(Drains, TellTheGenerationThatTheyBelongTo) {
  set_active(0);
  std::vector<std::uint64_t> generations;
  supervisor.events().subscribe(0, [&](const EventPtr& event) { generations.push_back(event->generation); });
  std::promise<void> ended;
  drains.start(
      order(hours(1)), [](const auto&, const auto&) {}, [&](const auto&, const auto&) { ended.set_value(); });
  ended.get_future().wait();
  EXPECT_EQ(generations, (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(Drains, ThatCannotBeginDoNothing) {
  supervisor.set_config({});
  std::promise<Result<ChangeOutcome>> begun;
  drains.start(
      order(hours(1)), [&](const auto& outcome, const auto&) { begun.set_value(outcome); },
      [](const auto&, const auto&) { ADD_FAILURE() << "nothing ended"; });
  EXPECT_EQ(begun.get_future().get().error().code, ErrorCode::kNotFound);
}

TEST_F(Drains, AreForgottenAtTheShutdown) {
  std::promise<void> begun, given_up;
  supervisor.events().subscribe(0, [&](const EventPtr& event) {
    if (event->message.starts_with("not removed: the daemon ends before")) given_up.set_value();
  });
  drains.start(
      order(hours(1)), [&](const auto&, const auto&) { begun.set_value(); },
      [](const auto&, const auto&) { ADD_FAILURE() << "nobody waits any more"; });
  begun.get_future().wait();
  drains.shutdown();
  given_up.get_future().wait();
  set_active(0);
  std::promise<void> later;
  timers.after(milliseconds(300), [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_EQ(supervisor.config().pools[0].backends.size(), 1U);
}

}  // namespace
}  // namespace demo
