#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

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
    EXPECT_LE(rig.asked.size(), 8U);
  }
}

TEST_P(EveryPolicy, WhoIsForeseenIsNextAmongEquals) {
  for (const std::size_t members : {1, 3, 97}) {
    BalancerRig rig(policy(), std::vector<unsigned>(members, 5));
    unsigned foreseen = 0;
    for (unsigned i = 0; i < 1000; ++i) {
      const std::size_t next = rig.foresee();
      const std::size_t chosen = rig.choose(mix_bits(i));
      if (next == Balancer::kNone) continue;
      EXPECT_EQ(next, chosen) << "choice " << i;
      ++foreseen;
    }
    const bool by_hash = policy() == BalancePolicy::kSourceHash || policy() == BalancePolicy::kUriHash;
    EXPECT_EQ(foreseen, by_hash ? 0U : 1000U);
    rig.configure({});
    EXPECT_EQ(rig.foresee(), Balancer::kNone);
  }
}

TEST_P(EveryPolicy, AsksForNoLoadButThoseItExpectedAndThatOfWhomItForesaw) {
  BalancerRig rig(policy(), std::vector<unsigned>(97, 5));
  for (unsigned i = 0; i < 1000; ++i) {
    std::set<std::size_t> known{rig.foresee()};
    known.insert(rig.expected.begin(), rig.expected.end());
    rig.choose(mix_bits(i));
    for (const std::size_t asked : rig.asked) EXPECT_TRUE(known.contains(asked)) << "choice " << i;
  }
}

TEST_P(EveryPolicy, WhoIsOutIsNotChosenThoughForeseen) {
  BalancerRig rig(policy(), std::vector<unsigned>(97, 5));
  for (unsigned i = 0; i < 1000; ++i) {
    const std::size_t next = rig.foresee();
    if (next == Balancer::kNone) return;
    std::vector<std::size_t> out{next};
    out.insert(out.end(), rig.expected.begin(), rig.expected.end());
    for (const std::size_t index : out) rig.balancer().set_weight(index, 0);
    EXPECT_EQ(std::ranges::count(out, rig.choose()), 0) << "choice " << i;
    for (const std::size_t index : out) rig.balancer().set_weight(index, 5);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryPolicy, testing::ValuesIn(kPolicyTable), [](const auto& instance) {
  std::string name(to_string(instance.param.policy));
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace demo::test
