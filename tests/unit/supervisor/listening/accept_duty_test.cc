#include "supervisor/listening/accept_duty.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

using Indexes = std::vector<unsigned>;

WorkerStanding ready(unsigned index) { return {{index, index}, true, true, true, 1}; }
WorkerStanding starting(unsigned index) { return {{index, index}, true, true, false, 0}; }
WorkerStanding draining(unsigned index) { return {{index, index}, true, false, false, 1}; }
WorkerStanding dead(unsigned index) { return {{index, index}, false, false, false, 0}; }

TEST(AcceptDuty, IsTheOwnersAlone) { EXPECT_EQ(acceptors_of(1, {ready(0), ready(1)}), Indexes{1}); }

TEST(AcceptDuty, GoesToTheNextReadyOneWhileTheOwnerIsDeadOrLeaves) {
  EXPECT_EQ(acceptors_of(0, {dead(0), ready(1), ready(2)}), Indexes{1});
  EXPECT_EQ(acceptors_of(1, {ready(0), draining(1), ready(2)}), Indexes{2});
  EXPECT_EQ(acceptors_of(2, {ready(0), ready(1), dead(2)}), Indexes{0});
  EXPECT_EQ(acceptors_of(0, {dead(0), starting(1), ready(2)}), Indexes{2});
}

TEST(AcceptDuty, GoesToANeighbourWhenTheOwnerIsNoWorkerAnyMore) {
  EXPECT_EQ(acceptors_of(3, {ready(0), ready(1)}), Indexes{0});
}

TEST(AcceptDuty, IsSharedWithANeighbourUntilTheOwnerIsReady) {
  EXPECT_EQ(acceptors_of(1, {ready(0), starting(1)}), (Indexes{1, 0}));
}

TEST(AcceptDuty, IsTheOwnersWhileNobodyIsReady) {
  EXPECT_EQ(acceptors_of(1, {starting(0), starting(1)}), Indexes{1});
  EXPECT_EQ(acceptors_of(1, {starting(0), dead(1)}), Indexes{0});
}

TEST(AcceptDuty, IsNamedOnceForAWorkerWithTwoProcesses) {
  EXPECT_EQ(acceptors_of(0, {ready(0), starting(0), ready(1)}), Indexes{0});
  EXPECT_EQ(acceptors_of(0, {draining(0), ready(0), ready(1)}), Indexes{0});
  EXPECT_EQ(acceptors_of(0, {draining(0), starting(0), ready(1)}), (Indexes{0, 1}));
  EXPECT_EQ(acceptors_of(kEveryWorker, {ready(0), starting(0), draining(1), ready(1)}), (Indexes{0, 1}));
}

TEST(AcceptDuty, IsNobodysWhenNobodyServes) {
  EXPECT_EQ(acceptors_of(0, {dead(0), draining(1)}), Indexes{});
  EXPECT_EQ(acceptors_of(0, {}), Indexes{});
}

TEST(AcceptDuty, OfASharedSocketIsEverybodysWhoServes) {
  EXPECT_EQ(acceptors_of(kEveryWorker, {ready(0), starting(1), draining(2), dead(3), ready(4)}),
            (Indexes{0, 1, 4}));
}

}  // namespace
}  // namespace demo
