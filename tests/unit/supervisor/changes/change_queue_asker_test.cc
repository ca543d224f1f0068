#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "unit/supervisor/changes/change_queue_target.h"

// What becomes of a change when nobody waits for its answer any more.

namespace demo {
namespace {

using testing::ElementsAre;

using ChangeQueueAskerTest = ChangeQueueTest;

TEST_F(ChangeQueueAskerTest, DropsAChangeThatNobodyWaitsForWhenItsTurnComes) {
  const auto asker = std::make_shared<FakeAsker>();
  target_.acked = 1;
  push(set_limit(5));
  ChangeRequest given_up = set_limit(6);
  given_up.asker = asker;
  push(given_up);
  push(set_limit(7));
  asker->given_up = true;
  target_.acked = 1000;
  queue_.on_progress();
  ASSERT_EQ(results_.size(), 3U);
  EXPECT_EQ(results_[1].error().code, ErrorCode::kAborted);
  EXPECT_THAT(target_.changes, ElementsAre("limit 5", "limit 7"));
}

TEST_F(ChangeQueueAskerTest, MakesRoomForOthersWhereNobodyWaitsAnyMore) {
  const auto asker = std::make_shared<FakeAsker>();
  target_.acked = 1;
  push(set_limit(5));
  ChangeRequest given_up = set_limit(6);
  given_up.asker = asker;
  for (std::size_t i = 0; i < limits::kWaitingChanges; ++i) push(given_up);
  EXPECT_TRUE(results_.empty());
  asker->given_up = true;
  push(set_limit(7));
  EXPECT_EQ(results_.size(), limits::kWaitingChanges);
  target_.acked = 1000;
  queue_.on_progress();
  EXPECT_TRUE(results_.back());
  EXPECT_THAT(target_.changes, ElementsAre("limit 5", "limit 7"));
}

}  // namespace
}  // namespace demo
