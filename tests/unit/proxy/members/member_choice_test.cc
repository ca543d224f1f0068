#include "proxy/members/member_choice.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "balance/policies.h"
#include "unit/proxy/pool/pool_rig.h"

namespace demo::test {
namespace {

using testing::Each;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// Members without connections, and the choice among them.
class MemberChoiceTest : public PoolRig {
 protected:
  void have(std::size_t count, BalancePolicy policy = BalancePolicy::kRoundRobin) {
    // The choice forgets the former ones while it is configured; they live until then.
    const auto former = std::exchange(members_, {});
    for (std::size_t i = 0; i < count; ++i) {
      SnapshotMember spec;
      spec.slot = static_cast<std::uint32_t>(i);
      spec.address = *Address::parse(fmt::format("127.1.{}.{}:80", i / 250, i % 250 + 1));
      spec.endpoint.text = spec.address.to_string();
      members_.push_back(std::make_unique<Member>(pool, spec, stats->backends[i], i));
    }
    configure(policy);
  }
  void configure(BalancePolicy policy = BalancePolicy::kRoundRobin) {
    choice_.configure(policy, slow_start_, members_);
  }
  Member& member(std::size_t index) { return *members_[index]; }
  // Index of the chosen one; -1: nobody.
  int choose(const Wish& wish = {}) {
    const Member* chosen = choice_.choose(wish, Among::kUntried);
    return chosen != nullptr ? static_cast<int>(chosen->spec.slot) : -1;
  }
  std::map<int, int> choose_times(int times) {
    std::map<int, int> chosen;
    for (int i = 0; i < times; ++i) ++chosen[choose()];
    return chosen;
  }
  void set_usable(std::size_t index, bool usable) {
    member(index).spec.usable = usable;
    choice_.refresh(member(index));
  }

  std::map<std::uint32_t, std::uint64_t> elsewhere_;  // by slot
  unsigned asked_ = 0;

 private:
  ProxyOutlook outlook_{[this](std::uint32_t slot) {
                          ++asked_;
                          return elsewhere_[slot];
                        },
                        {},
                        nullptr};

 protected:
  ConnectionLimits limits_{environment.outlook.quota};
  MemberChoice choice_{turns.loop(), outlook_, limits_, 0};
  std::vector<std::unique_ptr<Member>> members_;
  std::chrono::milliseconds slow_start_{0};
};

TEST_F(MemberChoiceTest, NobodyIsThere) {
  have(0);
  EXPECT_EQ(choose(), -1);
}

TEST_F(MemberChoiceTest, EachOfTenThousandHasItsTurn) {
  have(10'000);
  const std::map<int, int> counts = choose_times(20'000);
  EXPECT_THAT(counts, SizeIs(10'000));
  EXPECT_THAT(counts, Each(Pair(testing::_, 2)));
}

TEST_F(MemberChoiceTest, WhoIsNotUsableIsPassedOverUntilItIs) {
  have(3);
  set_usable(1, false);
  EXPECT_THAT(choose_times(4), UnorderedElementsAre(Pair(0, 2), Pair(2, 2)));
  EXPECT_EQ(choice_.usable(), 2U);
  set_usable(1, true);
  EXPECT_THAT(choose_times(3), UnorderedElementsAre(Pair(0, 1), Pair(1, 1), Pair(2, 1)));
  EXPECT_EQ(choice_.usable(), 3U);
}

TEST_F(MemberChoiceTest, ForeseesWhoIsNextAmongManyOfThoseThatGetRequests) {
  have(1000);
  EXPECT_EQ(choice_.ahead(), nullptr) << "nobody was chosen";
  for (int i = 0; i < 1500; ++i) {
    choose();
    const Member* const ahead = choice_.ahead();
    ASSERT_NE(ahead, nullptr);
    EXPECT_EQ(static_cast<int>(ahead->spec.slot), choose());
  }
  for (std::size_t i = 0; i < 500; ++i) member(i).spec.backup = true;
  configure();
  EXPECT_EQ(choice_.ahead(), nullptr) << "those from before may be gone";
  for (std::size_t i = 500; i < 1000; ++i) set_usable(i, false);
  choose();
  ASSERT_NE(choice_.ahead(), nullptr);
  EXPECT_TRUE(choice_.ahead()->spec.backup);
  have(3);
  choose();
  EXPECT_EQ(choice_.ahead(), nullptr) << "so few stay in the cache";
}

TEST_F(MemberChoiceTest, BackupsServeWhileNoPrimaryIsUsable) {
  have(3);
  member(1).spec.backup = member(2).spec.backup = true;
  configure();
  EXPECT_THAT(choose_times(3), UnorderedElementsAre(Pair(0, 3)));
  set_usable(0, false);
  EXPECT_THAT(choose_times(4), UnorderedElementsAre(Pair(1, 2), Pair(2, 2)));
  set_usable(0, true);
  EXPECT_THAT(choose_times(3), UnorderedElementsAre(Pair(0, 3)));
}

TEST_F(MemberChoiceTest, ATriedOneIsAvoidedByThatRequestAlone) {
  have(3);
  TriedMembers tried;
  tried.add(member(0));
  tried.add(member(1));
  Wish wish;
  wish.tried = &tried;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(choose(wish), 2);
  EXPECT_NE(choose(), 2) << "the others have had no turn meanwhile";
  tried.add(member(2));
  EXPECT_EQ(choose(wish), -1);
  EXPECT_NE(choice_.choose(wish, Among::kAll), nullptr);
}

TEST_F(MemberChoiceTest, AWeightThatGrowsIsFollowed) {
  have(2);
  slow_start_ = std::chrono::hours(1);
  member(1).spec.usable_since_ns = turns.loop().now_ns();
  configure();
  const std::map<int, int> counts = choose_times(110);
  EXPECT_EQ(counts.at(1), 10) << "a tenth of the other one's";
  member(1).spec.usable_since_ns -= 3'600'000'000'000;
  EXPECT_EQ(choose_times(100).at(1), 50);
}

TEST_F(MemberChoiceTest, LeastConnectionsCountsWhatItKnowsOfOtherWorkers) {
  have(3, BalancePolicy::kLeastConnections);
  elsewhere_ = {{0, 2}, {2, 1}};
  EXPECT_EQ(choose(), 1);
  member(1).active = 5;
  choice_.note_load(member(1));
  EXPECT_EQ(choose(), 2);
}

// Asking the others' pages is what would grow with the number of members.
TEST_F(MemberChoiceTest, OtherWorkersAreAskedAboutAFewMembersForEachChoice) {
  for (const BalancePolicy policy : {BalancePolicy::kLeastConnections, BalancePolicy::kRandomTwoChoices}) {
    have(10'000, policy);
    asked_ = 0;
    for (int i = 0; i < 100; ++i) choose();
    EXPECT_LE(asked_, 800U);
  }
}

// Each backend takes one connection.
class FullMembersTest : public PoolRig {
 protected:
  void have(int count, BalancePolicy policy) {
    settings.policy = policy;
    for (int i = 0; i < count; ++i) add_backend().max_connections = 1;
    apply();
  }
};

TEST_F(FullMembersTest, EachGetsAsMuchAsItTakesWhateverThePolicyIs) {
  for (const PolicyEntry& entry : kPolicyTable) {
    if (settings.members.empty()) have(8, entry.policy);
    settings.policy = entry.policy;
    apply();
    std::vector<std::unique_ptr<Seeker>> holders;
    std::vector<std::uint32_t> slots;
    for (int i = 0; i < 8; ++i) {
      holders.push_back(std::make_unique<Seeker>(turns.loop(), pool));
      const Grant grant = holders.back()->search.seek();
      ASSERT_EQ(grant.outcome, GrantOutcome::kConnecting) << to_string(entry.policy) << " " << i;
      slots.push_back(grant.member->spec.slot);
    }
    std::ranges::sort(slots);
    EXPECT_THAT(slots, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7)) << to_string(entry.policy);
    Seeker late(turns.loop(), pool);
    EXPECT_EQ(late.search.seek().outcome, GrantOutcome::kQueued) << to_string(entry.policy);
    tidy();
    // Who gives up its connection serves who waits.
    const std::uint32_t freed = holders[3]->search.connection()->member().spec.slot;
    holders[3].reset();
    tidy();
    ASSERT_NE(late.search.connection(), nullptr) << to_string(entry.policy);
    EXPECT_EQ(late.search.connection()->member().spec.slot, freed);
  }
}

TEST_F(FullMembersTest, OneThatHasRoomAgainIsFoundAmongTheFull) {
  have(8, BalancePolicy::kRoundRobin);
  std::vector<std::unique_ptr<Seeker>> holders;
  for (int i = 0; i < 8; ++i) {
    holders.push_back(std::make_unique<Seeker>(turns.loop(), pool));
    holders.back()->search.seek();
  }
  const std::uint32_t freed = holders[5]->search.connection()->member().spec.slot;
  holders[5].reset();
  Seeker next(turns.loop(), pool);
  EXPECT_EQ(next.search.seek().outcome, GrantOutcome::kConnecting);
  EXPECT_EQ(next.search.connection()->member().spec.slot, freed);
}

TEST_F(FullMembersTest, WhoWaitsIsCountedAtOneAfterTheOther) {
  have(4, BalancePolicy::kRoundRobin);
  std::vector<std::unique_ptr<Seeker>> seekers;
  for (int i = 0; i < 12; ++i) {
    seekers.push_back(std::make_unique<Seeker>(turns.loop(), pool));
    const Grant grant = seekers.back()->search.seek();
    ASSERT_EQ(grant.outcome, i < 4 ? GrantOutcome::kConnecting : GrantOutcome::kQueued);
  }
  for (int slot = 0; slot < 4; ++slot) EXPECT_EQ(stats->backends[slot].queued.get(), 2U) << slot;
}

}  // namespace
}  // namespace demo::test
