#include "supervisor/backends/backend_drains.h"

#include <gmock/gmock.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "unit/control/fake_supervisor.h"

namespace demo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;

// On the drains of a supervisor with fake workers.
class Drains : public testing::Test {
 protected:
  void SetUp() override {
    Backend backend;
    backend.endpoint = *Endpoint::parse("10.0.0.3:80");
    supervisor.set_config(add_backend("default", backend)(Config{}).value());
    set_active(1);
    supervisor.events().subscribe(0, [this](const EventPtr& event) {
      told.push_back(event->message);
      kinds.push_back(event->kind);
    });
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

  void set_state(BackendState state) {
    Config config = supervisor.config();
    config.pools[0].backends[0].state = state;
    supervisor.set_config(std::move(config));
  }

  // What is answered at the end of a drain, which has begun when this returns.
  std::future<Result<ChangeOutcome>> begin(DrainOrder waits) {
    std::promise<void> begun;
    const auto ended = std::make_shared<std::promise<Result<ChangeOutcome>>>();
    supervisor.drain(
        std::move(waits), [&](const auto&, const auto&) { begun.set_value(); },
        [ended](const auto& outcome, const auto&) { ended->set_value(outcome); });
    begun.get_future().wait();
    return ended->get_future();
  }

  DrainOrder waited_for() const {
    DrainOrder made = order(hours(1));
    made.remove = false;
    made.begin.persist = true;
    return made;
  }

  // What is answered when the daemon ends while the drain is under way.
  Result<ChangeOutcome> stopped(DrainOrder waits) {
    std::promise<void> begun;
    std::promise<Result<ChangeOutcome>> ended;
    supervisor.drain(
        std::move(waits), [&](const auto&, const auto&) { begun.set_value(); },
        [&](const auto& outcome, const auto&) { ended.set_value(outcome); });
    begun.get_future().wait();
    supervisor.stop_drains();
    return ended.get_future().get();
  }

  test::FakeSupervisor supervisor;
  std::vector<std::string> told;
  std::vector<EventKind> kinds;
};

TEST_F(Drains, EndAsSoonAsNothingIsInFlight) {
  std::promise<DrainProgress> begun, ended;
  supervisor.drain(
      order(hours(1)), [&](const auto&, const DrainProgress& p) { begun.set_value(p); },
      [&](const auto& outcome, const DrainProgress& p) {
        EXPECT_TRUE(outcome);
        ended.set_value(p);
      });
  EXPECT_EQ(begun.get_future().get().at_start, 1U);
  set_active(0);
  EXPECT_EQ(ended.get_future().get().forced, 0U);
  EXPECT_TRUE(supervisor.config().pools[0].backends.empty());
  EXPECT_EQ(supervisor.samples_taken(), 0U) << "figures of all workers, listeners and backends";
  ASSERT_FALSE(told.empty());
  EXPECT_THAT(told.front(), HasSubstr("drains for up to 1h: 1 in flight"));
  EXPECT_EQ(told.back(), "drained and removed");
  EXPECT_EQ(kinds.front(), EventKind::kBackendDraining);
  EXPECT_EQ(kinds.back(), EventKind::kBackendDrained);
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
  supervisor.drain(
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
  supervisor.drain(
      order(hours(1)), [&](const auto&, const auto&) { begun.set_value(); },
      [&](const auto&, const DrainProgress& p) { first.set_value(p); });
  begun.get_future().wait();
  supervisor.drain(
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
    supervisor.drain(
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
  supervisor.drain(
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

void expect_aborted(std::future<Result<ChangeOutcome>> ended, const char* why) {
  const auto outcome = ended.get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kAborted);
  EXPECT_THAT(outcome.error().message, HasSubstr(why));
}

// With requests in flight, hours before their deadline.
TEST_F(Drains, EndForGoodWhenTheirBackendIsTakenBack) {
  auto removal = begin(order(hours(1)));
  auto another = begin(order(hours(1)));
  auto waited = begin(waited_for());
  set_state(BackendState::kReady);
  constexpr const char* kWhy = "default/10.0.0.3:80 is no longer draining: its state was changed to ready";
  expect_aborted(std::move(removal), kWhy);
  expect_aborted(std::move(another), kWhy);
  expect_aborted(std::move(waited), kWhy);
  EXPECT_THAT(told, Contains("not removed: it is no longer draining: its state was changed to ready"));
  EXPECT_THAT(told, Contains("no longer draining: its state was changed to ready"));
  auto emptied = begin(waited_for());
  set_active(0);
  EXPECT_TRUE(emptied.get());
  EXPECT_EQ(supervisor.changes().size(), 4U) << "four have begun, none removes";
}

TEST_F(Drains, LeaveABackendThatWasRemovedAndAddedAnew) {
  auto removal = begin(order(hours(1)));
  const Config before = supervisor.config();
  supervisor.set_config({});
  supervisor.set_config(before);
  expect_aborted(std::move(removal), "no longer draining: it was removed and added anew");
  EXPECT_EQ(supervisor.config(), before);
}

TEST_F(Drains, LeaveABackendThatWasTakenBackWhileItsRemovalWaitsForItsTurn) {
  auto removal = begin(order(hours(1)));
  supervisor.begin_only();
  set_active(0);
  supervisor.wait_for_begun();
  set_state(BackendState::kReady);
  set_state(BackendState::kDrain);
  supervisor.end_begun();
  expect_aborted(std::move(removal), "its state was changed to ready");
  EXPECT_EQ(supervisor.config().pools[0].backends.size(), 1U);
}

TEST_F(Drains, LeaveABackendThatWasTakenBackBeforeItsRemovalIsTriedOnceMore) {
  set_active(0);
  DrainOrder failing = order(hours(1));
  failing.removal = fails_first(1, failing.removal);
  EXPECT_EQ(begin(std::move(failing)).get().error().code, ErrorCode::kResourceExhausted);
  set_state(BackendState::kReady);
  EXPECT_EQ(told.back(), "not removed: it is no longer draining: its state was changed to ready");
  EXPECT_EQ(supervisor.lasting(), supervisor.config());
}

TEST_F(Drains, OfRemovalsAreNotSaved) {
  set_state(BackendState::kMaintenance);
  const Config before = supervisor.config();
  auto first = begin(order(hours(1)));
  auto second = begin(order(hours(1)));
  EXPECT_EQ(supervisor.config().pools[0].backends[0].state, BackendState::kDrain);
  EXPECT_EQ(supervisor.lasting().pools[0].backends[0].state, BackendState::kMaintenance);
  EXPECT_EQ(supervisor.lasting(), before);
  // One that is to stay, whatever becomes of the removals.
  auto stays = begin(waited_for());
  EXPECT_EQ(supervisor.lasting(), supervisor.config());
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
  supervisor.drain(
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
    supervisor.drain(
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
  supervisor.drain(
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
  supervisor.drain(
      order(hours(1)), [](const auto&, const auto&) {}, [&](const auto&, const auto&) { ended.set_value(); });
  ended.get_future().wait();
  EXPECT_EQ(generations, (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(Drains, ThatCannotBeginDoNothing) {
  supervisor.set_config({});
  std::promise<Result<ChangeOutcome>> begun;
  supervisor.drain(
      order(hours(1)), [&](const auto& outcome, const auto&) { begun.set_value(outcome); },
      [](const auto&, const auto&) { ADD_FAILURE() << "nothing ended"; });
  EXPECT_EQ(begun.get_future().get().error().code, ErrorCode::kNotFound);
}

TEST_F(Drains, EndWithTheDaemonWhichTheirBackendsOutlive) {
  EXPECT_EQ(stopped(order(hours(1))).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(told.back(), "not removed: the daemon ends before, and has it again when it starts");
  EXPECT_EQ(supervisor.config().pools[0].backends.size(), 1U);
  EXPECT_FALSE(supervisor.changes().back().persist) << "saved it is ready";
}

TEST_F(Drains, ThatAreOnlyWaitedForEndWithTheDaemon) {
  DrainOrder waits = order(hours(1));
  waits.remove = false;
  EXPECT_EQ(stopped(std::move(waits)).error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(told.back(), HasSubstr("drains for up to 1h")) << "nothing more is told";
}

// Its begin comes in force while the daemon ends.
TEST_F(Drains, ThatBeginAtTheEndAreGivenUp) {
  std::promise<Result<ChangeOutcome>> ended;
  supervisor.stop_drains();
  supervisor.drain(
      order(hours(1)), [](const auto& outcome, const auto&) { EXPECT_TRUE(outcome); },
      [&](const auto& outcome, const auto&) { ended.set_value(outcome); });
  EXPECT_EQ(ended.get_future().get().error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(told, Contains(HasSubstr("has it again when it starts")));
  EXPECT_EQ(supervisor.config().pools[0].backends.size(), 1U);
}

TEST_F(Drains, WaitForARetryNoLongerThanTheDaemonRuns) {
  set_active(0);
  DrainOrder failing = order(hours(1));
  failing.removal = fails_first(1, failing.removal);
  std::promise<void> failed, given_up;
  supervisor.events().subscribe(0, [&](const EventPtr& event) {
    if (event->message.starts_with("not removed: the daemon ends before")) given_up.set_value();
  });
  supervisor.drain(
      std::move(failing), [](const auto&, const auto&) {},
      [&](const auto&, const auto&) { failed.set_value(); });
  failed.get_future().wait();
  supervisor.stop_drains();
  given_up.get_future().wait();
  EXPECT_EQ(supervisor.config().pools[0].backends.size(), 1U);
}

}  // namespace
}  // namespace demo
