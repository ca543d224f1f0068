#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "balancer_rig.h"

namespace demo::test {
namespace {

using testing::Each;
using testing::ElementsAre;

constexpr BalancePolicy kPolicy = BalancePolicy::kRoundRobin;

TEST(RoundRobin, ServesEqualsInTurn) {
  BalancerRig rig(kPolicy, {1, 1, 1});
  EXPECT_THAT(rig.choose_times(7), ElementsAre(0, 1, 2, 0, 1, 2, 0));
}

TEST(RoundRobin, SpreadsWeightsSmoothly) {
  BalancerRig rig(kPolicy, {5, 1, 1});
  EXPECT_THAT(rig.choose_times(14), ElementsAre(0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 2, 0, 0));
}

// At no time is a member more than a request and a half away from its share of the requests so far.
TEST(RoundRobin, NobodyIsFarFromItsShareAtAnyTime) {
  const std::vector<std::vector<unsigned>> cases{
      {1}, {7, 3}, {1000, 1, 1, 1}, {100, 99, 98, 50, 7, 3, 1}, std::vector<unsigned>(97, 3)};
  for (const std::vector<unsigned>& weights : cases) {
    BalancerRig rig(kPolicy, weights);
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<unsigned> counts(weights.size());
    double farthest = 0;
    for (unsigned n = 1; n <= 5000; ++n) {
      ++counts[rig.choose()];
      for (std::size_t i = 0; i < weights.size(); ++i) {
        farthest = std::max(farthest, std::abs(counts[i] - n * weights[i] / total));
      }
    }
    EXPECT_LT(farthest, 1.501) << weights.size() << " members, the first of weight " << weights[0];
  }
}

TEST(RoundRobin, BeginsWithTheHeaviest) {
  BalancerRig rig(kPolicy, {10, 100, 10});
  EXPECT_EQ(rig.choose(), 1U);
}

TEST(RoundRobin, WorkersDoNotStartInStep) {
  std::vector<std::size_t> first;
  for (unsigned worker = 0; worker < 4; ++worker) {
    first.push_back(BalancerRig(kPolicy, {1, 1, 1, 1}, worker).choose());
  }
  EXPECT_THAT(first, ElementsAre(0, 1, 2, 3));
}

TEST(RoundRobin, GoesOnWhereItWasWhenAMemberComes) {
  BalancerRig rig(kPolicy, {1, 1});
  EXPECT_EQ(rig.choose(), 0U);
  rig.configure({1, 1, 1});
  EXPECT_EQ(rig.choose(), 1U);
}

TEST(RoundRobin, WhoIsOutForAWhileKeepsItsPlace) {
  BalancerRig rig(kPolicy, {1, 1, 1});
  EXPECT_THAT(rig.choose_times(2), ElementsAre(0, 1));
  rig.balancer().set_weight(2, 0);
  EXPECT_THAT(rig.choose_times(4), ElementsAre(0, 1, 0, 1));
  rig.balancer().set_weight(2, 1);
  EXPECT_THAT(rig.choose_times(3), testing::UnorderedElementsAre(0, 1, 2));
}

TEST(RoundRobin, WhoIsAskedForAndNotTakenIsNextAgain) {
  BalancerRig rig(kPolicy, {1, 1});
  EXPECT_EQ(rig.balancer().pick(0, rig), 0U);
  rig.balancer().set_weight(0, 0);
  EXPECT_EQ(rig.choose(), 1U);
  rig.balancer().set_weight(0, 1);
  EXPECT_EQ(rig.choose(), 0U);
}

// Members that come back stand anywhere between those that stayed.
TEST(RoundRobin, ManyThatLeftAndCameBackHaveTheirShares) {
  std::vector<unsigned> weights;
  for (unsigned i = 0; i < 60; ++i) weights.push_back(1 + i % 3);
  BalancerRig rig(kPolicy, weights);
  std::vector<bool> out(weights.size());
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::size_t index = mix_bits(i) % weights.size();
    out[index] = !out[index];
    rig.balancer().set_weight(index, out[index] ? 0 : weights[index]);
    const std::size_t chosen = rig.choose();
    ASSERT_TRUE(chosen == Balancer::kNone || !out[chosen]) << "in step " << i;
  }
  for (std::size_t i = 0; i < weights.size(); ++i) rig.balancer().set_weight(i, weights[i]);
  const std::vector<unsigned> counts = rig.shares(10 * 120);
  for (std::size_t i = 0; i < weights.size(); ++i) EXPECT_NEAR(counts[i], 10 * weights[i], 2) << i;
}

// A member that starts slowly has a long period; the next one is not waited for when it is short.
TEST(RoundRobin, AWeightThatGrowsIsInForceAtOnce) {
  BalancerRig rig(kPolicy, {1000, 1000});
  rig.balancer().set_weight(1, 1);
  EXPECT_THAT(rig.shares(1000)[1], testing::Le(2U));
  rig.balancer().set_weight(1, 1000);
  const std::vector<unsigned> counts = rig.shares(100);
  EXPECT_NEAR(counts[0], 50, 1);
}

// Virtual time begins 16 requests of a member of weight 1 before it does.
TEST(RoundRobin, GoesOnWhenItsTimeWrapsAround) {
  BalancerRig rig(kPolicy, {1, 2, 1});
  for (unsigned i = 0; i < 50; ++i) EXPECT_THAT(rig.shares(4), ElementsAre(1, 2, 1));
}

TEST(RoundRobin, TenThousandHaveOneTurnEach) {
  BalancerRig rig(kPolicy, std::vector<unsigned>(10'000, 100), 3);
  EXPECT_THAT(rig.shares(10'000), Each(1));
  EXPECT_THAT(rig.shares(20'000), Each(2));
}

}  // namespace
}  // namespace demo::test
