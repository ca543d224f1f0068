#include "proxy/balancer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "proxy/hashing.h"

namespace demo {
namespace {

using testing::ElementsAre;

std::vector<Balancer::Member> members(std::vector<unsigned> weights) {
  std::vector<Balancer::Member> list;
  for (std::size_t i = 0; i < weights.size(); ++i)
    list.push_back({hash_bytes(std::to_string(i)), weights[i]});
  return list;
}

std::vector<Balancer::Candidate> candidates(std::vector<unsigned> weights) {
  std::vector<Balancer::Candidate> list;
  for (const unsigned weight : weights) list.push_back({0, weight, true});
  return list;
}

std::vector<std::size_t> choose(Balancer& balancer, std::vector<Balancer::Candidate> list, unsigned times) {
  std::vector<std::size_t> chosen;
  for (unsigned i = 0; i < times; ++i) chosen.push_back(balancer.choose(list, 0));
  return chosen;
}

std::vector<unsigned> shares(Balancer& balancer, const std::vector<Balancer::Candidate>& list,
                             unsigned times) {
  std::vector<unsigned> counts(list.size());
  for (unsigned i = 0; i < times; ++i) ++counts[balancer.choose(list, mix_bits(i))];
  return counts;
}

TEST(Balancer, RoundRobinSpreadsWeightsSmoothly) {
  Balancer balancer(0);
  balancer.configure(BalancePolicy::kRoundRobin, members({5, 1, 1}));
  EXPECT_THAT(choose(balancer, candidates({5, 1, 1}), 7), ElementsAre(0, 0, 1, 0, 2, 0, 0));
}

TEST(Balancer, RoundRobinCursorsOfWorkersDoNotStartInStep) {
  std::vector<std::size_t> first;
  for (unsigned worker = 0; worker < 4; ++worker) {
    Balancer balancer(worker);
    balancer.configure(BalancePolicy::kRoundRobin, members({1, 1, 1, 1}));
    first.push_back(balancer.choose(candidates({1, 1, 1, 1}), 0));
  }
  EXPECT_THAT(first, ElementsAre(0, 1, 2, 3));
}

TEST(Balancer, RoundRobinGoesOnWhereItWasWhenAMemberComes) {
  Balancer balancer(0);
  balancer.configure(BalancePolicy::kRoundRobin, members({1, 1}));
  EXPECT_EQ(balancer.choose(candidates({1, 1}), 0), 0U);
  balancer.configure(BalancePolicy::kRoundRobin, members({1, 1, 1}));
  EXPECT_EQ(balancer.choose(candidates({1, 1, 1}), 0), 1U);
}

TEST(Balancer, NobodyEligibleIsNobodyChosen) {
  for (const BalancePolicy policy :
       {BalancePolicy::kRoundRobin, BalancePolicy::kLeastConnections, BalancePolicy::kRandomTwoChoices,
        BalancePolicy::kSourceHash, BalancePolicy::kUriHash}) {
    Balancer balancer(0);
    balancer.configure(policy, {});
    EXPECT_EQ(balancer.choose({}, 1), Balancer::kNone);
    balancer.configure(policy, members({1, 0}));
    std::vector<Balancer::Candidate> list = candidates({1, 0});
    EXPECT_EQ(balancer.choose(list, 1), 0U) << "weight 0 takes nothing";
    list[0].eligible = false;
    EXPECT_EQ(balancer.choose(list, 1), Balancer::kNone);
  }
}

TEST(Balancer, LeastConnectionsGoesByLoadForTheWeight) {
  Balancer balancer(0);
  balancer.configure(BalancePolicy::kLeastConnections, members({1, 4}));
  std::vector<Balancer::Candidate> list = candidates({1, 4});
  list[0].load = 1;
  list[1].load = 6;
  EXPECT_EQ(balancer.choose(list, 0), 1U);
  list[1].load = 8;
  EXPECT_EQ(balancer.choose(list, 0), 0U);
}

TEST(Balancer, LeastConnectionsServesEqualsInTurn) {
  Balancer balancer(0);
  balancer.configure(BalancePolicy::kLeastConnections, members({1, 1, 1}));
  EXPECT_THAT(shares(balancer, candidates({1, 1, 1}), 300), ElementsAre(100, 100, 100));
}

TEST(Balancer, RandomTwoChoicesNeverTakesTheMostLoaded) {
  Balancer balancer(7);
  balancer.configure(BalancePolicy::kRandomTwoChoices, members({1, 1, 1}));
  std::vector<Balancer::Candidate> list = candidates({1, 1, 1});
  list[1].load = 100;
  const std::vector<unsigned> counts = shares(balancer, list, 1000);
  EXPECT_EQ(counts[1], 0U);
  EXPECT_GT(counts[0], 300U);
  EXPECT_GT(counts[2], 300U);
}

TEST(Balancer, HashesSpreadByWeight) {
  Balancer balancer(0);
  balancer.configure(BalancePolicy::kUriHash, members({1, 2, 1}));
  const std::vector<unsigned> counts = shares(balancer, candidates({1, 2, 1}), 40'000);
  EXPECT_NEAR(counts[0], 10'000, 500);
  EXPECT_NEAR(counts[1], 20'000, 700);
  EXPECT_NEAR(counts[2], 10'000, 500);
}

TEST(Balancer, HashesAreTheSameInEveryWorker) {
  Balancer one(0);
  Balancer other(5);
  one.configure(BalancePolicy::kSourceHash, members({1, 1, 1, 1}));
  other.configure(BalancePolicy::kSourceHash, members({1, 1, 1, 1}));
  for (unsigned i = 0; i < 1000; ++i) {
    EXPECT_EQ(one.choose(candidates({1, 1, 1, 1}), mix_bits(i)),
              other.choose(candidates({1, 1, 1, 1}), mix_bits(i)));
  }
}

TEST(Balancer, AMemberThatGoesMovesFewKeysOfOthers) {
  Balancer before(0);
  Balancer after(0);
  std::vector<Balancer::Member> list = members({1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  before.configure(BalancePolicy::kUriHash, list);
  list.pop_back();
  after.configure(BalancePolicy::kUriHash, list);
  unsigned moved = 0;
  for (unsigned i = 0; i < 10'000; ++i) {
    const std::size_t was = before.choose(candidates(std::vector<unsigned>(10, 1)), mix_bits(i));
    const std::size_t is = after.choose(candidates(std::vector<unsigned>(9, 1)), mix_bits(i));
    if (was != 9 && was != is) ++moved;
  }
  EXPECT_LT(moved, 800U) << "of 9000 that had another member";
}

TEST(Balancer, AKeyKeepsItsSubstituteWhileItsMemberIsOut) {
  Balancer balancer(0);
  balancer.configure(BalancePolicy::kUriHash, members({1, 1, 1, 1}));
  std::vector<Balancer::Candidate> list = candidates({1, 1, 1, 1});
  for (unsigned i = 0; i < 100; ++i) {
    const std::size_t own = balancer.choose(list, mix_bits(i));
    list[own].eligible = false;
    const std::size_t substitute = balancer.choose(list, mix_bits(i));
    EXPECT_NE(substitute, own);
    EXPECT_EQ(balancer.choose(list, mix_bits(i)), substitute);
    list[own].eligible = true;
    EXPECT_EQ(balancer.choose(list, mix_bits(i)), own);
  }
}

TEST(Balancer, HashesFindTheOnlyOneLeftOfMany) {
  Balancer balancer(0);
  balancer.configure(BalancePolicy::kUriHash, members(std::vector<unsigned>(1000, 1)));
  std::vector<Balancer::Candidate> list = candidates(std::vector<unsigned>(1000, 1));
  for (Balancer::Candidate& candidate : list) candidate.eligible = false;
  list[517].eligible = true;
  EXPECT_EQ(balancer.choose(list, 42), 517U);
}

}  // namespace
}  // namespace demo
