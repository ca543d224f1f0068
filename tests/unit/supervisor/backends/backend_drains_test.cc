#include "supervisor/backends/backend_drains.h"

#include <gmock/gmock.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "unit/supervisor/backends/backend_drains_rig.h"

namespace demo::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;

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

TEST_F(Drains, AnswerHowFarTheyHaveComeWhenAnotherProcessGoesOn) {
  std::promise<void> begun;
  std::promise<DrainProgress> left;
  supervisor.drain(
      order(hours(1)), [&](const auto&, const auto&) { begun.set_value(); },
      [&](const auto& outcome, const DrainProgress& p) {
        EXPECT_TRUE(outcome);
        left.set_value(p);
      });
  begun.get_future().wait();
  supervisor.leave_drains();
  const DrainProgress progress = left.get_future().get();
  EXPECT_FALSE(progress.ended);
  EXPECT_EQ(progress.remaining, 1U);
  EXPECT_EQ(progress.last_event, supervisor.events().last()) << "its end is told by a later one";
  EXPECT_GT(progress.id, 0U);
}

TEST_F(Drains, TellHowFarTheyHaveComeWithTheirEvents) {
  std::vector<DrainProgress> told_of;
  supervisor.events().subscribe(0, [&](const EventPtr& event) {
    if (event->drain) told_of.push_back(*event->drain);
  });
  auto ended = begin(order(hours(1)));
  set_active(0);
  ended.wait();
  ASSERT_GE(told_of.size(), 2U);
  EXPECT_EQ(told_of.front().remaining, 1U);
  EXPECT_FALSE(told_of.front().ended);
  EXPECT_EQ(told_of.back().remaining, 0U);
  EXPECT_TRUE(told_of.back().ended);
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
}  // namespace demo::test
