#include <gtest/gtest.h>

#include <algorithm>

#include "balancer_rig.h"

// What holds for all policies in the table.
namespace demo::test {
namespace {

class EveryPolicy : public testing::TestWithParam<PolicyEntry> {
 protected:
  static BalancePolicy policy() { return GetParam().policy; }
};

TEST_P(EveryPolicy, NobodyIsChosenOfNobody) {
  BalancerRig rig(policy(), {});
  EXPECT_EQ(rig.choose(1), Balancer::kNone);
}

TEST_P(EveryPolicy, WhoIsOutIsNotChosen) {
  BalancerRig rig(policy(), {1, 0});
  for (unsigned i = 0; i < 10; ++i) EXPECT_EQ(rig.choose(i), 0U) << "weight 0 takes nothing";
  rig.balancer().set_weight(0, 0);
  EXPECT_EQ(rig.choose(1), Balancer::kNone);
  rig.balancer().set_weight(1, 1);
  EXPECT_EQ(rig.choose(1), 1U);
}

// Whatever order members come and go in, each choice is one that is in.
TEST_P(EveryPolicy, ChangesOfAnyOrderLeaveEachInOrOut) {
  std::vector<unsigned> weights(50, 0);
  BalancerRig rig(policy(), weights);
  for (unsigned step = 0; step < 20'000; ++step) {
    const std::uint64_t random = mix_bits(step);
    const std::size_t index = random % weights.size();
    weights[index] = random >> 32 & 1U ? static_cast<unsigned>(random >> 40 & 0xFFU) : 0;
    rig.balancer().set_weight(index, weights[index]);
    rig.set_load((random >> 8) % weights.size(), random >> 60);
    const std::size_t chosen = rig.choose(random);
    if (chosen == Balancer::kNone) {
      EXPECT_EQ(std::ranges::count(weights, 0U), 50) << "step " << step;
    } else {
      ASSERT_GT(weights[chosen], 0U) << "step " << step;
    }
  }
}

TEST_P(EveryPolicy, AsksForAFewLoadsHoweverManyMembersThereAre) {
  BalancerRig rig(policy(), std::vector<unsigned>(10'000, 100));
  for (unsigned i = 0; i < 100; ++i) {
    rig.loads[i] = i;
    rig.choose(i);
    EXPECT_LE(rig.asked, 8U);
  }
}

TEST_P(EveryPolicy, WhoIsForeseenIsNextAmongEquals) {
  for (const std::size_t members : {1, 3, 97}) {
    BalancerRig rig(policy(), std::vector<unsigned>(members, 5));
    unsigned foreseen = 0;
    for (unsigned i = 0; i < 1000; ++i) {
      const std::size_t next = rig.balancer().foresee();
      const std::size_t chosen = rig.choose(mix_bits(i));
      if (next == Balancer::kNone) continue;
      EXPECT_EQ(next, chosen) << "choice " << i;
      ++foreseen;
    }
    const bool in_turn =
        policy() == BalancePolicy::kRoundRobin || policy() == BalancePolicy::kLeastConnections;
    EXPECT_EQ(foreseen, in_turn ? 1000U : 0U);
    rig.configure({});
    EXPECT_EQ(rig.balancer().foresee(), Balancer::kNone);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryPolicy, testing::ValuesIn(kPolicyTable), [](const auto& instance) {
  std::string name(to_string(instance.param.policy));
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace demo::test
