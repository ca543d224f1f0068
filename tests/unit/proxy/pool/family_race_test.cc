// A backend whose name has addresses of both families (RFC 8305): the connect time-outs here are so long that
// only the other family can be what answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "family_race_rig.h"

namespace demo::test {
namespace {

using testing::StartsWith;

TEST_F(FamilyRace, CostsASingleRequestNoConnectTimeout) {
  ask_until_the_silent_one_was_tried();
  EXPECT_TRUE(all_end());
  expect_no_blame(kSilent);
  expect_no_blame(kOther);
}

TEST_F(FamilyRace, IsRunOnceAndItsWinnerRemembered) {
  ask_until_the_silent_one_was_tried();
  for (int i = 0; i < 8; ++i) ask();
  EXPECT_EQ(connects(kSilent), 1U);
}

TEST_F(FamilyRace, IsRunAgainWhenTheWinnerFails) {
  ask_until_the_silent_one_was_tried();
  other_->close();
  TestPeer client = proxy.connect(kLastGet);
  EXPECT_TRUE(proxy.eventually([&] { return connects(kSilent) == 2; })) << "what was remembered is doubted";
  EXPECT_GE(proxy.backend_stats(kOther).connect_errors.get(), 1U);
  client.reset();
  EXPECT_TRUE(all_end());
}

TEST_F(FamilyRace, IsRunAgainWhenTheWinnerIsTakenOutOfService) {
  ask_until_the_silent_one_was_tried();
  proxy.pool().members[kOther].usable = false;
  proxy.apply();
  TestPeer client = proxy.connect(kLastGet);
  EXPECT_TRUE(proxy.eventually([&] { return connects(kSilent) == 2; }));
  client.reset();
  EXPECT_TRUE(all_end());
}

TEST_F(FamilyRace, ServesTcpModeToo) {
  proxy.use_tcp_mode();
  for (int i = 0; i < 4 && connects(kSilent) == 0; ++i) {
    TestPeer client = proxy.connect("question");
    TestPeer served = other_->accept();
    EXPECT_EQ(served.read_bytes(8), "question");
    served.send("answer");
    EXPECT_EQ(client.read_bytes(6), "answer");
    client.close();
    served.close();
  }
  EXPECT_EQ(connects(kSilent), 1U);
  EXPECT_TRUE(all_end());
  expect_no_blame(kSilent);
}

TEST_F(FamilyRace, KeepsTheLimitsOfBothFamilies) {
  for (SnapshotMember& member : proxy.pool().members) member.max_connections = 1;
  proxy.apply();
  ask_until_the_silent_one_was_tried();
  for (int i = 0; i < 4; ++i) ask();
  EXPECT_TRUE(all_end());
}

// Neither family answers.
class SilentFamilies : public FamilyRace {
 protected:
  void SetUp() override {
    if (!has_ipv6()) GTEST_SKIP() << "needs an IPv6 loopback";
    silent_too_.emplace("[::1]");
    add(silent_.address());
    add(silent_too_->address());
    proxy.pool().timeouts.connect = std::chrono::hours(1);
    proxy.forgive_nothing();
    client_.emplace(proxy.connect(kGet));
    EXPECT_TRUE(proxy.eventually([&] { return connects(kSilent) == 1 && connects(kOther) == 1; }));
  }

  std::optional<BlackHole> silent_too_;
  std::optional<TestPeer> client_;
};

TEST_F(SilentFamilies, AreBothLeftByAClientThatLeaves) {
  client_->reset();
  EXPECT_TRUE(all_end());
  expect_no_blame(kSilent);
  expect_no_blame(kOther);
}

TEST_F(SilentFamilies, AreCutOneByOne) {
  for (const std::uint32_t slot : {kSilent, kOther}) {
    proxy.pool().members[slot].cut = true;
    proxy.pool().members[slot].usable = false;
  }
  proxy.apply();
  EXPECT_THAT(client_->read_to_end(), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(all_end());
}

TEST_F(SilentFamilies, MayVanishInTheMiddle) {
  proxy.pool().members.clear();
  proxy.apply();
  client_->reset();
  EXPECT_TRUE(all_end());
}

// A challenger that is refused says so, and the first one goes on.
TEST_F(FamilyRace, IsLeftByAChallengerThatIsRefused) {
  other_->close();
  TestPeer client = proxy.connect(kGet);
  EXPECT_TRUE(proxy.eventually([&] {
    return proxy.backend_stats(kOther).connect_errors.get() >= 1 &&
           proxy.backend_stats(kSilent).connections_open.get() == 1;
  }));
  client.reset();
  EXPECT_TRUE(all_end());
  expect_no_blame(kSilent);
}

TEST(OneFamily, RunsNoRace) {
  ProxyHarness proxy;
  const BlackHole one;
  const BlackHole two;
  for (const BlackHole* hole : {&one, &two}) {
    const std::uint32_t slot = proxy.add_backend(hole->address());
    proxy.pool().members[slot].endpoint.text = "one.test:80";
  }
  proxy.pool().timeouts.connect = std::chrono::milliseconds(400);
  proxy.apply();
  TestPeer client = proxy.connect(kGet);
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 504 "));
  const BackendStats& first = proxy.backend_stats(0);
  const BackendStats& second = proxy.backend_stats(1);
  for (const BackendStats* stats : {&first, &second}) {
    EXPECT_EQ(stats->connects.get(), 1U);
    EXPECT_EQ(stats->connect_timeouts.get(), 1U) << "once each";
  }
}

}  // namespace
}  // namespace demo::test
