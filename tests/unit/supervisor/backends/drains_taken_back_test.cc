#include <gmock/gmock.h>

#include <future>
#include <string>
#include <utility>

#include "unit/supervisor/backends/backend_drains_rig.h"

// Drains whose backend somebody takes back before they end.

namespace demo::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;

void expect_aborted(std::future<Result<ChangeOutcome>> ended, const char* why) {
  const auto outcome = ended.get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kAborted);
  EXPECT_THAT(outcome.error().message, HasSubstr(why));
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

}  // namespace
}  // namespace demo::test
