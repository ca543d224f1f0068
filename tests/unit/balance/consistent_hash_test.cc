#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "balancer_rig.h"

namespace demo::test {
namespace {

TEST(ConsistentHash, SpreadsByWeight) {
  BalancerRig rig(BalancePolicy::kUriHash, {1, 2, 1});
  const std::vector<unsigned> counts = rig.shares(40'000);
  EXPECT_NEAR(counts[0], 10'000, 500);
  EXPECT_NEAR(counts[1], 20'000, 700);
  EXPECT_NEAR(counts[2], 10'000, 500);
}

TEST(ConsistentHash, SpreadsOverTenThousandEvenly) {
  BalancerRig rig(BalancePolicy::kUriHash, std::vector<unsigned>(10'000, 100));
  const std::vector<unsigned> counts = rig.shares(1'000'000);
  // Of a binomial distribution with the mean 100, six deviations and the width of an entry.
  EXPECT_THAT(counts, testing::Each(testing::AllOf(testing::Ge(35U), testing::Le(165U))));
}

TEST(ConsistentHash, IsTheSameInEveryWorker) {
  BalancerRig one(BalancePolicy::kSourceHash, {1, 1, 1, 1}, 0);
  BalancerRig other(BalancePolicy::kSourceHash, {1, 1, 1, 1}, 5);
  for (unsigned i = 0; i < 1000; ++i) EXPECT_EQ(one.choose(mix_bits(i)), other.choose(mix_bits(i)));
}

TEST(ConsistentHash, AMemberThatGoesMovesFewKeysOfOthers) {
  BalancerRig before(BalancePolicy::kUriHash, std::vector<unsigned>(10, 1));
  BalancerRig after(BalancePolicy::kUriHash, std::vector<unsigned>(9, 1));
  unsigned moved = 0;
  for (unsigned i = 0; i < 10'000; ++i) {
    const std::size_t was = before.choose(mix_bits(i));
    const std::size_t is = after.choose(mix_bits(i));
    if (was != 9 && was != is) ++moved;
  }
  EXPECT_LT(moved, 800U) << "of 9000 that had another member";
}

// How many of 10,000 keys have another member when one more is there, those that it took aside.
unsigned moved_by_one_more(unsigned members) {
  BalancerRig before(BalancePolicy::kUriHash, std::vector<unsigned>(members, 1));
  BalancerRig after(BalancePolicy::kUriHash, std::vector<unsigned>(members + 1, 1));
  unsigned moved = 0;
  for (unsigned i = 0; i < 10'000; ++i) {
    const std::size_t is = after.choose(mix_bits(i));
    if (is != members && is != before.choose(mix_bits(i))) ++moved;
  }
  return moved;
}

// As demo-server(8) tells.
TEST(ConsistentHash, TheStepBeyondAThousandMembersAloneMovesNearlyAllKeys) {
  EXPECT_LT(moved_by_one_more(1023), 800U);
  EXPECT_GT(moved_by_one_more(1024), 9'900U);
  EXPECT_LT(moved_by_one_more(1025), 800U);
}

TEST(ConsistentHash, AKeyKeepsItsSubstituteWhileItsMemberIsOut) {
  BalancerRig rig(BalancePolicy::kUriHash, {1, 1, 1, 1});
  for (unsigned i = 0; i < 100; ++i) {
    const std::size_t own = rig.choose(mix_bits(i));
    rig.balancer().set_weight(own, 0);
    const std::size_t substitute = rig.choose(mix_bits(i));
    EXPECT_NE(substitute, own);
    EXPECT_EQ(rig.choose(mix_bits(i)), substitute);
    rig.balancer().set_weight(own, 1);
    EXPECT_EQ(rig.choose(mix_bits(i)), own);
  }
}

TEST(ConsistentHash, FindsTheOnlyOneLeftOfMany) {
  BalancerRig rig(BalancePolicy::kUriHash, std::vector<unsigned>(1000, 1));
  for (std::size_t i = 0; i < 1000; ++i) rig.balancer().set_weight(i, i == 517 ? 1 : 0);
  EXPECT_EQ(rig.choose(42), 517U);
}

// So few of so many that the table does not find them.
TEST(ConsistentHash, FewThatAreLeftShareByWeightAndKeepTheirKeys) {
  BalancerRig rig(BalancePolicy::kUriHash, std::vector<unsigned>(10'000, 1));
  for (std::size_t i = 0; i < 10'000; ++i) rig.balancer().set_weight(i, 0);
  rig.balancer().set_weight(17, 1);
  rig.balancer().set_weight(4711, 2);
  rig.balancer().set_weight(9999, 1);
  std::vector<std::size_t> before;
  for (unsigned i = 0; i < 4000; ++i) before.push_back(rig.choose(mix_bits(i)));
  EXPECT_NEAR(static_cast<double>(std::ranges::count(before, 4711U)), 2000, 150);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(before, 17U)), 1000, 150);
  rig.balancer().set_weight(9999, 0);
  unsigned moved = 0;
  for (unsigned i = 0; i < 4000; ++i) {
    const std::size_t now = rig.choose(mix_bits(i));
    if (before[i] != 9999 && now != before[i]) ++moved;
  }
  EXPECT_LT(moved, 600U) << "of 3000";
}

}  // namespace
}  // namespace demo::test
