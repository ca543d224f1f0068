// What the race of two address families may cost besides: requests in the figures, the budget, slots, and
// connections that are warm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "family_race_rig.h"
#include "unit/proxy/call_count.h"

namespace demo::test {
namespace {

using testing::EndsWith;
using testing::StartsWith;

class FamilyRaceCost : public FamilyRace {
 protected:
  // The other family comes first, then the silent one.
  void take_turns() {
    proxy.pool().members[kSilent].weight = 60;
    proxy.pool().members[kOther].weight = 100;
    proxy.apply();
  }
  // A request that leaves a connection to the other family in the pool.
  struct Kept {
    TestPeer client;
    TestPeer served;
  };
  Kept keep_one() {
    Kept kept{proxy.connect(kGet), other_->accept()};
    EXPECT_THAT(kept.served.read_message(), StartsWith("GET /a"));
    kept.served.send(ok_response("kept"));
    EXPECT_THAT(kept.client.read_message(), EndsWith("kept"));
    return kept;
  }
  std::uint64_t requests_active() {
    return proxy.backend_stats(kSilent).requests_active.get() +
           proxy.backend_stats(kOther).requests_active.get();
  }
};

TEST_F(FamilyRaceCost, AnIdleConnectionOfTheOtherFamilyEndsIt) {
  take_turns();
  Kept kept = keep_one();
  TestPeer client = proxy.connect(kGet);
  EXPECT_THAT(kept.served.read_message(), StartsWith("GET /a"));
  kept.served.send(ok_response("warm"));
  EXPECT_THAT(client.read_message(), EndsWith("warm"));
  EXPECT_EQ(connects(kSilent), 1U);
  EXPECT_EQ(connects(kOther), 1U);
  EXPECT_TRUE(proxy.eventually([&] { return requests_active() == 0; }));
  expect_no_blame(kSilent);
}

TEST_F(FamilyRaceCost, NothingWarmIsClosedForIt) {
  TestBackend third("[::1]");
  add(third.address());
  proxy.pool().members[kOther].max_connections = 1;
  take_turns();
  Kept kept = keep_one();
  // A client that stays would go over to the other mode, and ask as well.
  kept.client.close();
  ASSERT_TRUE(proxy.eventually([&] { return proxy.stats().worker.connections_open.get() == 0; }));
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect("question");
  TestPeer served = third.accept();
  EXPECT_EQ(served.read_bytes(8), "question");
  EXPECT_EQ(connects(kSilent), 1U);
  EXPECT_TRUE(kept.served.silent());
}

TEST_F(FamilyRaceCost, AChallengerThatComesToNothingCostsNoBudget) {
  proxy.pool().members[kSilent].weight = 100;
  proxy.apply();
  proxy.use_tcp_mode();  // its client is watched from the start
  TestPeer client = proxy.connect(kGet);
  ASSERT_TRUE(proxy.eventually([&] { return connects(kSilent) == 1; }));
  std::unique_ptr<NoMoreWatches> refusing;
  proxy.in_loop([&] { refusing = std::make_unique<NoMoreWatches>(); });
  EXPECT_TRUE(proxy.eventually([&] { return connects(kOther) >= 1; }));
  unsigned left = 0;
  proxy.in_loop([&] {
    refusing.reset();
    BackendPool& pool = *proxy.http().pool_of(proxy.listener());
    while (pool.may_connect_again()) ++left;
  });
  EXPECT_EQ(left, 1000U) << "the whole reserve";
  client.reset();
  EXPECT_TRUE(all_end());
}

// Neither family answers: the race goes on.
class LongRace : public FamilyRaceCost {
 protected:
  void SetUp() override {
    if (!has_ipv6()) GTEST_SKIP() << "needs an IPv6 loopback";
    silent_too_.emplace("[::1]");
    add(silent_.address());
    add(silent_too_->address());
    proxy.pool().members[kSilent].weight = 100;
    proxy.pool().timeouts.connect = std::chrono::hours(1);
    proxy.apply();
    client_.emplace(proxy.connect(kGet));
    EXPECT_TRUE(proxy.eventually([&] { return connects(kSilent) == 1 && connects(kOther) == 1; }));
  }
  void TearDown() override {
    if (client_) client_->reset();
    EXPECT_TRUE(all_end());
  }

  std::optional<BlackHole> silent_too_;
  std::optional<TestPeer> client_;
};

TEST_F(LongRace, IsOneRequestOnTwoConnections) {
  EXPECT_EQ(proxy.backend_stats(kSilent).requests_active.get(), 1U);
  EXPECT_EQ(proxy.backend_stats(kOther).requests_active.get(), 0U);
  EXPECT_EQ(proxy.backend_stats(kSilent).connections_open.get(), 1U);
  EXPECT_EQ(proxy.backend_stats(kOther).connections_open.get(), 1U);
}

TEST_F(LongRace, MovesTheRequestToTheWinner) {
  silent_too_->open();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats(kOther).requests.get() == 1; }));
  EXPECT_EQ(proxy.backend_stats(kSilent).requests_active.get(), 0U);
  EXPECT_EQ(proxy.backend_stats(kOther).requests_active.get(), 1U);
  EXPECT_EQ(proxy.backend_stats(kSilent).connections_open.get(), 0U);
}

// What is no request yet must not become one at a backend that drains.
TEST_F(LongRace, EndsForAChallengerWhoseBackendGetsNoRequestsAnyMore) {
  proxy.pool().members[kOther].usable = false;
  proxy.apply();
  EXPECT_EQ(proxy.backend_stats(kOther).connections_open.get(), 0U);
  EXPECT_EQ(proxy.backend_stats(kSilent).connections_open.get(), 1U);
  EXPECT_EQ(proxy.backend_stats(kOther).forced_closes.get(), 0U);
}

}  // namespace
}  // namespace demo::test
