#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "balancer_rig.h"

// The policies that go by what members have in flight.
namespace demo::test {
namespace {

using testing::Each;
using testing::ElementsAre;

TEST(LeastConnections, GoesByLoadForTheWeight) {
  BalancerRig rig(BalancePolicy::kLeastConnections, {1, 4});
  rig.set_load(0, 1);
  rig.set_load(1, 6);
  EXPECT_EQ(rig.choose(), 1U);
  rig.set_load(1, 8);
  EXPECT_EQ(rig.choose(), 0U);
}

TEST(LeastConnections, ServesEqualsInTurn) {
  BalancerRig rig(BalancePolicy::kLeastConnections, {1, 1, 1});
  EXPECT_THAT(rig.shares(300), ElementsAre(100, 100, 100));
}

// Nothing is in flight when the next request comes.
TEST(LeastConnections, ServesIdleOnesByWeight) {
  BalancerRig rig(BalancePolicy::kLeastConnections, {1, 2, 3, 4, 0});
  EXPECT_THAT(rig.shares(1000), ElementsAre(100, 200, 300, 400, 0));
}

// One that was loaded for long is not made up to for it.
TEST(LeastConnections, WhoWasLoadedForLongIsNextOnce) {
  BalancerRig rig(BalancePolicy::kLeastConnections, {1, 1});
  rig.set_load(0, 1);
  EXPECT_THAT(rig.shares(1000), ElementsAre(0, 1000));
  rig.set_load(0, 0);
  EXPECT_THAT(rig.choose_times(4), ElementsAre(0, 0, 1, 0));
  EXPECT_THAT(rig.shares(100), ElementsAre(50, 50));
}

TEST(LeastConnections, WorkersDoNotStartInStep) {
  std::vector<std::size_t> first;
  for (unsigned worker = 0; worker < 4; ++worker) {
    first.push_back(BalancerRig(BalancePolicy::kLeastConnections, {1, 1, 1, 1}, worker).choose());
  }
  EXPECT_THAT(first, ElementsAre(0, 1, 2, 3));
}

TEST(LeastConnections, FindsOutWhatOtherWorkersHold) {
  BalancerRig rig(BalancePolicy::kLeastConnections, {1, 1, 1});
  rig.loads = {3, 1, 2};
  EXPECT_EQ(rig.choose(), 1U);
  rig.loads = {0, 1, 2};
  EXPECT_EQ(rig.choose(), 0U);
}

// Nobody tells that another worker's request has ended: sooner or later the member is looked at.
TEST(LeastConnections, FindsOutWhatOtherWorkersGaveUpAmongMany) {
  BalancerRig rig(BalancePolicy::kLeastConnections, std::vector<unsigned>(1000, 1));
  for (std::size_t i = 0; i < 1000; ++i) rig.set_load(i, 5);
  rig.loads[700] = 0;
  unsigned choices = 1;
  while (rig.choose() != 700 && choices < 1000) ++choices;
  EXPECT_LE(choices, 250U);
}

TEST(LeastConnections, AMemberThatStaysKeepsItsLoad) {
  BalancerRig rig(BalancePolicy::kLeastConnections, {1, 1});
  rig.set_load(0, 5);
  rig.configure({1, 1, 1});
  EXPECT_NE(rig.choose(), 0U);
}

TEST(RandomTwoChoices, NeverTakesTheMostLoaded) {
  BalancerRig rig(BalancePolicy::kRandomTwoChoices, {1, 1, 1}, 7);
  rig.loads[1] = 100;
  const std::vector<unsigned> counts = rig.shares(1000);
  EXPECT_EQ(counts[1], 0U);
  EXPECT_GT(counts[0], 300U);
  EXPECT_GT(counts[2], 300U);
}

TEST(RandomTwoChoices, DrawsByWeight) {
  BalancerRig rig(BalancePolicy::kRandomTwoChoices, {1, 1, 8, 1, 1});
  // The heavy one is drawn first in 8 of 12 cases, second in all but one of 17 of the rest; it is the
  // lighter.
  rig.loads = {10, 10, 10, 10, 10};
  EXPECT_GT(rig.shares(1000)[2], 800U);
}

TEST(RandomTwoChoices, ServesIdleOnesByWeight) {
  BalancerRig rig(BalancePolicy::kRandomTwoChoices, {1, 2, 3, 4, 0});
  const std::vector<unsigned> counts = rig.shares(10'000);
  for (unsigned i = 0; i < 5; ++i) EXPECT_NEAR(counts[i], i < 4 ? 1000 * (i + 1) : 0, 150) << i;
}

TEST(RandomTwoChoices, DrawsTheOnlyOneThatIsIn) {
  BalancerRig rig(BalancePolicy::kRandomTwoChoices, {0, 0, 0, 3, 0});
  EXPECT_THAT(rig.choose_times(100), Each(3U));
}

}  // namespace
}  // namespace demo::test
