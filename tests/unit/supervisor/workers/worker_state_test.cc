#include "supervisor/workers/worker_state.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

using E = WorkerEvent;
using S = WorkerState;

TEST(WorkerState, GoesFromSpawnToReadyAndBack) {
  EXPECT_EQ(transition(S::kBackingOff, E::kSpawned), S::kStarting);
  EXPECT_EQ(transition(S::kStarting, E::kAcknowledged), S::kReady);
  EXPECT_EQ(transition(S::kReady, E::kAcknowledged), S::kReady);
  EXPECT_EQ(transition(S::kReady, E::kExited), S::kBackingOff);
  EXPECT_EQ(transition(S::kStarting, E::kExited), S::kBackingOff);
}

TEST(WorkerState, StaysDrainingUntilTheProcessIsGone) {
  EXPECT_EQ(transition(S::kStarting, E::kDrainRequested), S::kDraining);
  EXPECT_EQ(transition(S::kReady, E::kDrainRequested), S::kDraining);
  EXPECT_EQ(transition(S::kDraining, E::kAcknowledged), S::kDraining);
  EXPECT_EQ(transition(S::kDraining, E::kDrainRequested), S::kDraining);
  EXPECT_EQ(transition(S::kDraining, E::kExited), S::kBackingOff);
}

TEST(WorkerState, RefusesWhatCannotHappen) {
  for (const S running : {S::kStarting, S::kReady, S::kDraining})
    EXPECT_FALSE(transition(running, E::kSpawned));
  for (const E event : {E::kAcknowledged, E::kDrainRequested, E::kExited}) {
    EXPECT_FALSE(transition(S::kBackingOff, event));
  }
}

TEST(WorkerState, HasANameForEachState) {
  EXPECT_EQ(to_string(S::kStarting), "starting");
  EXPECT_EQ(to_string(S::kReady), "ready");
  EXPECT_EQ(to_string(S::kDraining), "draining");
  EXPECT_EQ(to_string(S::kBackingOff), "backing off");
}

}  // namespace
}  // namespace demo
