// The race of two address families where the family that answers has no room, or this host no means, at
// first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>

#include "family_race_rig.h"
#include "unit/proxy/call_count.h"

namespace demo::test {
namespace {

using testing::EndsWith;
using testing::StartsWith;

TEST_F(FamilyRaceRoom, IsWaitedFor) {
  TestPeer client = wait_beside();
  served_->send(kLastOk);
  served_->close();
  expect_served(client, other_->accept());
  EXPECT_TRUE(queued(0));
  expect_no_blame(kSilent);
}

TEST_F(FamilyRaceRoom, MayBeAConnectionThatIsKept) {
  TestPeer client = wait_beside();
  served_->send(ok_response("kept"));
  expect_served(client, std::move(*served_));
  EXPECT_EQ(connects(kOther), 1U);
  expect_no_blame(kSilent);
}

TEST_F(FamilyRaceRoom, IsWaitedForInTurn) {
  TestPeer client = wait_beside();
  proxy.pool().members[kSilent].weight = 0;
  proxy.apply();
  TestPeer later = proxy.connect(kLastGet);
  EXPECT_TRUE(queued(2));
  served_->send(kLastOk);
  served_->close();
  expect_served(client, other_->accept());
  expect_served(later, other_->accept());
}

TEST_F(FamilyRaceRoom, IsNeededNoMoreWhenTheFirstOneAnswers) {
  TestPeer client = wait_beside();
  silent_.open();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats(kSilent).requests.get() == 1; }));
  EXPECT_TRUE(queued(0));
}

TEST_F(FamilyRaceRoom, IsNeededNoMoreByAClientThatLeaves) {
  TestPeer client = wait_beside();
  client.reset();
  EXPECT_TRUE(queued(0));
  first_->reset();
  EXPECT_TRUE(all_end());
}

TEST_F(FamilyRaceRoom, IsWaitedForWhenTheFirstOneHasTimedOut) {
  proxy.pool().timeouts.connect = std::chrono::milliseconds(400);
  proxy.apply();
  TestPeer client = wait_beside();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats(kSilent).connect_timeouts.get() == 1; }));
  EXPECT_TRUE(queued(1));
  served_->send(kLastOk);
  served_->close();
  expect_served(client, other_->accept());
}

TEST_F(FamilyRaceRoom, MayVanishMeanwhile) {
  TestPeer client = wait_beside();
  proxy.pool().members.pop_back();
  proxy.apply();
  EXPECT_TRUE(queued(0));
  EXPECT_EQ(proxy.backend_stats(kSilent).connections_open.get(), 1U);
  client.reset();
  first_->reset();
  EXPECT_TRUE(all_end());
}

TEST_F(FamilyRaceRoom, IsLookedForAgainWithoutAQueue) {
  proxy.pool().queue_limit = 0;
  proxy.apply();
  TestPeer client = proxy.connect(kLastGet);
  EXPECT_TRUE(proxy.eventually([&] { return connects(kSilent) == 1; }));
  served_->send(kLastOk);
  served_->close();
  expect_served(client, other_->accept());
}

// The means of this host come later than the attempt delay.
TEST_F(FamilyRace, IsRunWhenThisHostHasTheMeans) {
  proxy.pool().members[kSilent].weight = 100;
  proxy.use_tcp_mode();  // its client is watched from the start
  TestPeer client = proxy.connect(kLastGet);
  ASSERT_TRUE(proxy.eventually([&] { return connects(kSilent) == 1; }));
  std::unique_ptr<NoMoreWatches> refusing;
  proxy.in_loop([&] { refusing = std::make_unique<NoMoreWatches>(); });
  EXPECT_TRUE(proxy.eventually([&] { return connects(kOther) >= 1; }));
  proxy.in_loop([&] { refusing.reset(); });
  TestPeer served = other_->accept();
  std::string asked = served.read_until("\r\n\r\n");
  while (asked.empty()) {
    served = other_->accept();  // those before were given up at once
    asked = served.read_until("\r\n\r\n");
  }
  served.send(kLastOk);
  served.close();
  EXPECT_THAT(client.read_to_end(), EndsWith("ok"));
}

}  // namespace
}  // namespace demo::test
