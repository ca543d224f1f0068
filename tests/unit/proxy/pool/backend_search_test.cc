#include "proxy/pool/backend_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "pool_rig.h"

namespace demo::test {
namespace {

using testing::ElementsAre;

class BackendSearchTest : public PoolRig {
 protected:
  // Three backends.
  BackendSearchTest() {
    for (int i = 0; i < 3; ++i) add_backend();
    settings.ejection.consecutive_failures = 0;
    apply();
  }
  std::unique_ptr<Seeker> seeker() { return std::make_unique<Seeker>(turns.loop(), pool); }
  // Seeks, and says whose connection it holds now.
  std::uint32_t seek(Seeker& seeker) {
    const Grant grant = seeker.search.seek();
    EXPECT_NE(seeker.search.connection(), nullptr);
    return grant.member->spec.slot;
  }
  // The attempt fails like that.
  bool fail(Seeker& seeker, AttemptFailure failure, const BackendSearch::Repeatable& request = {}) {
    Member& member = seeker.search.connection()->member();
    const bool again = seeker.search.fail(failure, member, ECONNREFUSED, request);
    seeker.search.give_back(false);
    return again;
  }
};

TEST_F(BackendSearchTest, EachAttemptIsAtAnotherBackendWhileThereIsOne) {
  const auto one = seeker();
  std::set<std::uint32_t> tried;
  for (int i = 0; i < 3; ++i) {
    tried.insert(seek(*one));
    EXPECT_TRUE(fail(*one, AttemptFailure::kConnectRefused));
  }
  EXPECT_EQ(tried.size(), 3U);
  const std::uint32_t again = seek(*one);
  EXPECT_EQ(stats_of(again).attempts_again.get(), 1U) << "it has failed there before";
}

TEST_F(BackendSearchTest, EndsAfterTheLastAttempt) {
  const auto one = seeker();
  for (unsigned i = 1; i < kAttemptsPerRequest; ++i) {
    seek(*one);
    EXPECT_TRUE(fail(*one, AttemptFailure::kConnectRefused));
  }
  seek(*one);
  EXPECT_FALSE(fail(*one, AttemptFailure::kConnectRefused));
  EXPECT_EQ(one->search.attempts(), kAttemptsPerRequest);
}

// Nobody waits as long once more for a backend that did not answer.
TEST_F(BackendSearchTest, ASilentBackendIsNotSoughtTwice) {
  const auto one = seeker();
  for (int i = 0; i < 3; ++i) {
    seek(*one);
    EXPECT_TRUE(fail(*one, AttemptFailure::kConnectTimeout));
  }
  EXPECT_EQ(one->search.seek().outcome, GrantOutcome::kNoBackend);
}

TEST_F(BackendSearchTest, WhatWasSentGoesAgainOnlyWhenThatIsHarmless) {
  const auto one = seeker();
  seek(*one);
  EXPECT_TRUE(fail(*one, AttemptFailure::kClosedEarly, {true, true, true}));
  seek(*one);
  EXPECT_FALSE(fail(*one, AttemptFailure::kClosedEarly, {false, true, true}));
}

TEST_F(BackendSearchTest, FailuresAreCountedWhereTheyHappened) {
  const auto one = seeker();
  const std::uint32_t slot = seek(*one);
  fail(*one, AttemptFailure::kConnectRefused);
  EXPECT_EQ(stats_of(slot).connect_errors.get(), 1U);
  EXPECT_EQ(stats_of(slot).retries.get(), 1U);
  const std::uint32_t other = seek(*one);
  fail(*one, AttemptFailure::kClosedEarly);
  EXPECT_EQ(stats_of(other).response_errors.get(), 1U);
}

TEST_F(BackendSearchTest, WhatThisHostLacksIsNotSoughtTwiceAtOneBackend) {
  settings.members.resize(1);
  apply();
  const auto one = seeker();
  seek(*one);
  Member& member = one->search.connection()->member();
  one->search.give_back(false);
  EXPECT_TRUE(one->search.fail_here(member));
  EXPECT_EQ(one->search.seek().outcome, GrantOutcome::kNoBackend);
}

TEST_F(BackendSearchTest, WaitsInLineAndHoldsWhatItIsGranted) {
  settings.members.resize(1);
  settings.members[0].max_connections = 1;
  apply();
  const auto first = seeker();
  const auto second = seeker();
  seek(*first);
  EXPECT_EQ(second->search.seek().outcome, GrantOutcome::kQueued);
  EXPECT_TRUE(second->search.waits_in_line());
  tidy();
  first->search.give_back(false);
  tidy();
  EXPECT_FALSE(second->search.waits_in_line());
  EXPECT_THAT(second->granted, ElementsAre(GrantOutcome::kConnecting));
  EXPECT_NE(second->search.connection(), nullptr);
}

TEST_F(BackendSearchTest, LeavesNothingBehind) {
  settings.members.resize(1);
  settings.members[0].max_connections = 1;
  apply();
  auto first = seeker();
  auto second = seeker();
  seek(*first);
  EXPECT_EQ(second->search.seek().outcome, GrantOutcome::kQueued);
  first.reset();
  second.reset();
  tidy();
  EXPECT_EQ(stats_of(0).queued.get(), 0U);
  EXPECT_EQ(stats_of(0).requests_active.get(), 0U);
  EXPECT_EQ(stats_of(0).connections_open.get(), 0U);
}

TEST_F(BackendSearchTest, ADrainThatIsOverTellsWhoHoldsTheConnection) {
  settings.members.resize(1);
  apply();
  const auto one = seeker();
  seek(*one);
  settings.members[0].usable = false;
  settings.members[0].cut = true;
  apply();
  EXPECT_EQ(one->cuts, 1U);
  EXPECT_EQ(one->search.connection(), nullptr);
}

TEST_F(BackendSearchTest, NoBackendIsUsable) {
  for (SnapshotMember& member : settings.members) member.usable = false;
  apply();
  EXPECT_EQ(seeker()->search.seek().outcome, GrantOutcome::kNoBackend);
}

}  // namespace
}  // namespace demo::test
