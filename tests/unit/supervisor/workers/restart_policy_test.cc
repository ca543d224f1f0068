#include "supervisor/workers/restart_policy.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

TEST(RestartPolicy, StartsAWorkerThatLivedLongAtOnce) {
  RestartPolicy policy;
  EXPECT_EQ(policy.delay_after_death(limits::kEarlyDeath), milliseconds(0));
  EXPECT_EQ(policy.delay_after_death(std::chrono::hours(5)), milliseconds(0));
}

TEST(RestartPolicy, DoublesDelayAfterEachEarlyDeath) {
  RestartPolicy policy;
  milliseconds expected = limits::kRespawnDelayFirst;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(policy.delay_after_death(milliseconds(1)), expected);
    expected *= 2;
  }
}

TEST(RestartPolicy, NeverWaitsLongerThanTheLimit) {
  RestartPolicy policy;
  for (int i = 0; i < 100; ++i)
    EXPECT_LE(policy.delay_after_death(milliseconds(0)), limits::kRespawnDelayMax);
  EXPECT_EQ(policy.delay_after_death(milliseconds(0)), limits::kRespawnDelayMax);
}

TEST(RestartPolicy, ForgetsEarlyDeathsAfterALongLife) {
  RestartPolicy policy;
  policy.delay_after_death(milliseconds(1));
  policy.delay_after_death(milliseconds(1));
  policy.delay_after_death(limits::kEarlyDeath);
  EXPECT_EQ(policy.delay_after_death(milliseconds(1)), limits::kRespawnDelayFirst);
}

}  // namespace
}  // namespace demo
