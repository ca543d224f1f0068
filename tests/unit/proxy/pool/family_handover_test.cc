// What becomes of a race of two address families, and of a place in the queue beside a connect, when a part
// of it ends: in both modes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "family_race_rig.h"
#include "unit/proxy/call_count.h"

namespace demo::test {
namespace {

constexpr std::chrono::milliseconds kShortConnect{700};

std::string mode_name(const testing::TestParamInfo<bool>& tcp) { return tcp.param ? "Tcp" : "Http"; }

// A place of the other family is waited for beside a connect.
class FamilyPlace : public FamilyRaceRoom, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    FamilyRaceRoom::SetUp();
    if (IsSkipped()) return;
    proxy.pool().ejection.consecutive_failures = 0;
    proxy.pool().timeouts.connect = kShortConnect;
    proxy.pool().timeouts.queue = std::chrono::hours(1);
    proxy.apply();
    if (GetParam()) proxy.use_tcp_mode();
  }
  // Waits without a connect.
  TestPeer wait_plainly() {
    proxy.pool().members[kSilent].weight = 0;
    proxy.apply();
    TestPeer client = proxy.connect("GET /late HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(queued(2));
    return client;
  }
  // The place of the other family becomes free.
  void expect_served_first(TestPeer& early, TestPeer& late) {
    served_->send(kLastOk);
    served_->close();
    expect_served(early, other_->accept());
    early.close();
    late.reset();
    first_->reset();  // a client that stays goes over to the other mode, and asks as well
    EXPECT_TRUE(all_end());
  }
  bool first_one_timed_out() {
    return proxy.eventually([&] { return proxy.backend_stats(kSilent).connect_timeouts.get() == 1; });
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, FamilyPlace, testing::Bool(), mode_name);

TEST_P(FamilyPlace, IsKeptWhenTheFirstOneTimesOut) {
  TestPeer early = wait_beside();
  TestPeer late = wait_plainly();
  EXPECT_TRUE(first_one_timed_out());
  expect_served_first(early, late);
}

TEST_P(FamilyPlace, IsWaitedForNoLongerThanByOthers) {
  proxy.pool().timeouts.queue = 3 * kShortConnect;
  proxy.apply();
  TestPeer early = wait_beside();
  TestPeer late = wait_plainly();
  late.read_to_end();
  std::uint64_t still_queued = 1;
  proxy.in_loop([&] { still_queued = proxy.backend_stats(kOther).queued.get(); });
  EXPECT_EQ(still_queued, 0U) << "who came first gives up first";
  EXPECT_EQ(proxy.backend_stats(kOther).queue_timeouts.get(), 2U);
  early.read_to_end();
  EXPECT_EQ(proxy.backend_stats(kSilent).connect_timeouts.get(), 1U);
}

TEST_P(FamilyPlace, IsPreferredToSiblingsOfASilentAddress) {
  BlackHole silent_too;
  add(silent_too.address());
  proxy.apply();
  TestPeer client = wait_beside();
  EXPECT_TRUE(first_one_timed_out());
  EXPECT_TRUE(queued(1));
  EXPECT_EQ(connects(2), 0U);
  served_->send(kLastOk);
  served_->close();
  expect_served(client, other_->accept());
}

TEST_P(FamilyPlace, IsKeptWhenTheFirstOneIsCut) {
  proxy.pool().timeouts.connect = std::chrono::hours(1);
  proxy.apply();
  TestPeer early = wait_beside();
  TestPeer late = wait_plainly();
  proxy.pool().members[kSilent].usable = false;
  proxy.pool().members[kSilent].cut = true;
  proxy.apply();
  EXPECT_EQ(proxy.backend_stats(kSilent).connections_open.get(), 0U);
  EXPECT_TRUE(queued(2));
  expect_served_first(early, late);
}

// As in the queue itself. In tcp mode an end of one side is passed on.
TEST_F(FamilyRaceRoom, IsNeededNoMoreByAClientThatEndedItsSide) {
  TestPeer client = wait_beside();
  client.finish();
  EXPECT_TRUE(queued(0));
  first_->reset();
  EXPECT_TRUE(all_end());
}

TEST_F(FamilyRaceRoom, IsNeededNoMoreByAClientThatEndedItsSideBefore) {
  TestPeer client = proxy.connect(kLastGet);
  client.finish();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.connections_open.get() == 1; }));
  EXPECT_TRUE(queued(0));
  first_->reset();
  EXPECT_TRUE(all_end());
}

TEST_F(FamilyRaceRoom, IsWaitedForByAClientThatMayEndItsSide) {
  proxy.pool().abort_on_close = false;
  proxy.apply();
  TestPeer client = wait_beside();
  client.finish();
  served_->send(kLastOk);
  served_->close();
  expect_served(client, other_->accept());
}

class FamilyHandover : public FamilyRace, public testing::WithParamInterface<bool> {
 protected:
  static constexpr std::uint32_t kThird = 2;

  void SetUp() override {
    FamilyRace::SetUp();
    if (IsSkipped()) return;
    proxy.pool().ejection.consecutive_failures = 0;
  }
  // In this order, as far as the balancer goes.
  void start(std::array<unsigned, 3> weights) {
    for (std::size_t i = 0; i < proxy.pool().members.size(); ++i) {
      proxy.pool().members[i].weight = weights.at(i);
    }
    proxy.apply();
    if (GetParam()) proxy.use_tcp_mode();
  }
  std::uint64_t timeouts(std::uint32_t slot) { return proxy.backend_stats(slot).connect_timeouts.get(); }
};
INSTANTIATE_TEST_SUITE_P(Modes, FamilyHandover, testing::Bool(), mode_name);

// Both families of one backend are silent, another backend answers.
TEST_P(FamilyHandover, LetsTheChallengerGoOnWhenTheFirstOneTimesOut) {
  BlackHole silent_too("[::1]");
  proxy.pool().members.pop_back();
  add(silent_too.address());
  TestBackend answers;
  const std::uint32_t third = proxy.add_backend(answers.address());
  proxy.pool().timeouts.connect = kShortConnect;
  start({100, 90, 1});
  const std::uint32_t challenger = proxy.pool().members[1].slot;
  TestPeer client = proxy.connect(kLastGet);
  serve(answers, client);
  EXPECT_EQ(connects(kSilent), 1U);
  EXPECT_EQ(connects(challenger), 1U) << "it is not asked again from the beginning";
  EXPECT_EQ(timeouts(kSilent), 1U);
  EXPECT_EQ(timeouts(challenger), 1U);
  EXPECT_EQ(connects(third), 1U);
  EXPECT_TRUE(all_end());
}

TEST_P(FamilyHandover, ChallengesAgainAfterAChallengerThatFailed) {
  TestBackend answers("[::1]");
  add(answers.address());
  start({100, 50, 40});
  other_->close();
  TestPeer client = proxy.connect(kLastGet);
  serve(answers, client);
  EXPECT_EQ(proxy.backend_stats(kOther).connect_errors.get(), 1U);
  EXPECT_EQ(connects(kSilent), 1U);
  EXPECT_TRUE(all_end());
}

TEST_P(FamilyHandover, ChallengesAgainAfterAChallengerThatGetsNoRequestsAnyMore) {
  BlackHole silent_too("[::1]");
  proxy.pool().members.pop_back();
  add(silent_too.address());
  add(other_->address());
  start({100, 50, 40});
  const std::uint32_t challenger = proxy.pool().members[1].slot;
  TestPeer client = proxy.connect(kLastGet);
  ASSERT_TRUE(proxy.eventually([&] { return connects(challenger) == 1; }));
  proxy.pool().members[1].usable = false;
  proxy.apply();
  serve(*other_, client);
  EXPECT_EQ(connects(kSilent), 1U);
}

// The name of the first one's backend has another address in its place.
TEST_P(FamilyHandover, ChallengesAFirstOneThatHasLeftItsName) {
  start({100, 1, 0});
  TestPeer client = proxy.connect(kLastGet);
  ASSERT_TRUE(proxy.eventually([&] { return connects(kSilent) == 1; }));
  BlackHole silent_too;
  proxy.pool().members[kSilent].address = silent_too.address();
  proxy.pool().members[kSilent].slot = kThird;
  proxy.apply();
  serve(*other_, client);
  EXPECT_EQ(connects(kThird), 0U);
}

TEST_P(FamilyHandover, ChallengesWithTheAddressThatCameInPlaceOfTheChallenger) {
  BlackHole silent_too("[::1]");
  const Address answers = proxy.pool().members[kOther].address;
  proxy.pool().members[kOther].address = silent_too.address();
  start({100, 1, 0});
  TestPeer client = proxy.connect(kLastGet);
  ASSERT_TRUE(proxy.eventually([&] { return connects(kOther) == 1; }));
  proxy.pool().members[kOther].address = answers;
  proxy.pool().members[kOther].slot = kThird;
  proxy.apply();
  serve(*other_, client);
  EXPECT_EQ(connects(kSilent), 1U);
}

// The request has tried the family that answers, and it refused; now it answers again.
TEST_P(FamilyHandover, ChallengesASilentFamilyWithAnAddressThatRefusedBefore) {
  BlackHole silent_too;
  add(silent_too.address());
  start({10, 100, 10});
  other_->close();
  TestPeer client = proxy.connect(kLastGet);
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats(kOther).connect_errors.get() == 1; }));
  other_->reopen();
  serve(*other_, client);
  EXPECT_EQ(connects(kSilent) + connects(kThird), 1U);
}

TEST_P(FamilyHandover, TakesTheKernelsOwnTimeForOneOfAConnect) {
  start({100, 1, 0});
  other_->close();
  std::unique_ptr<FailingCalls> failing;
  proxy.in_loop([&] { failing = std::make_unique<FailingCalls>(0, ETIMEDOUT, FailingCalls::kConnect); });
  TestPeer client = proxy.connect(kLastGet);
  EXPECT_TRUE(proxy.eventually([&] { return timeouts(kOther) == 1; }));
  EXPECT_EQ(proxy.backend_stats(kOther).connect_errors.get(), 0U);
  proxy.in_loop([&] { failing.reset(); });
  client.reset();
  EXPECT_TRUE(all_end());
}

TEST_P(FamilyHandover, LetsTheChallengerGoOnWhenTheFirstOneIsCut) {
  BlackHole silent_too("[::1]");
  proxy.pool().members.pop_back();
  add(silent_too.address());
  start({100, 1, 0});
  const std::uint32_t challenger = proxy.pool().members[1].slot;
  TestPeer client = proxy.connect(kLastGet);
  ASSERT_TRUE(proxy.eventually([&] { return connects(challenger) == 1; }));
  proxy.pool().members[kSilent].usable = false;
  proxy.pool().members[kSilent].cut = true;
  proxy.apply();
  EXPECT_EQ(proxy.backend_stats(kSilent).connections_open.get(), 0U);
  EXPECT_EQ(proxy.backend_stats(kSilent).requests_active.get(), 0U);
  EXPECT_EQ(proxy.backend_stats(challenger).requests_active.get(), 1U);
  silent_too.open();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats(challenger).requests.get() == 1; }));
  client.reset();
  EXPECT_TRUE(all_end());
}

}  // namespace
}  // namespace demo::test
