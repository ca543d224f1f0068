#include "supervisor/backends/health_state.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(HealthState, StartsUp) { EXPECT_TRUE(HealthState().up()); }

TEST(HealthState, GoesDownAtOnceWhenTheVeryFirstCheckFails) {
  HealthState state;
  EXPECT_TRUE(state.record(false, 2, 3));
  EXPECT_FALSE(state.up());
}

TEST(HealthState, NeedsAllFailuresInARowOnceItWasSeenUp) {
  HealthState state;
  EXPECT_FALSE(state.record(true, 2, 3));
  EXPECT_FALSE(state.record(false, 2, 3));
  EXPECT_FALSE(state.record(false, 2, 3));
  EXPECT_TRUE(state.up());
  EXPECT_FALSE(state.record(true, 2, 3));  // starts the row anew
  EXPECT_FALSE(state.record(false, 2, 3));
  EXPECT_FALSE(state.record(false, 2, 3));
  EXPECT_TRUE(state.record(false, 2, 3));
  EXPECT_FALSE(state.up());
}

TEST(HealthState, ComesBackAfterRiseSuccessesInARow) {
  HealthState state;
  state.record(false, 2, 1);
  EXPECT_FALSE(state.record(true, 2, 1));
  EXPECT_FALSE(state.record(false, 2, 1));  // starts the row anew
  EXPECT_FALSE(state.record(true, 2, 1));
  EXPECT_FALSE(state.up());
  EXPECT_TRUE(state.record(true, 2, 1));
  EXPECT_TRUE(state.up());
}

TEST(HealthState, ReportsOnlyChanges) {
  HealthState state;
  EXPECT_TRUE(state.record(false, 1, 1));
  EXPECT_FALSE(state.record(false, 1, 1));
  EXPECT_TRUE(state.record(true, 1, 1));
  EXPECT_FALSE(state.record(true, 1, 1));
}

TEST(HealthState, TakesOverChangedThresholds) {
  HealthState state;
  state.record(true, 2, 10);
  EXPECT_FALSE(state.record(false, 2, 10));
  EXPECT_TRUE(state.record(false, 2, 2));
}

}  // namespace
}  // namespace demo
