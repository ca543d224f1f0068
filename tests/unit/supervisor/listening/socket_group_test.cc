#include "socket_group_fixture.h"

namespace demo {
namespace {

TEST_F(SocketGroupTest, GivesEachWorkerASocketOnOnePort) {
  set_workers(3);
  change(AcceptMode::kReuseport);
  EXPECT_NE(group_.bound().port(), 0);
  const auto lent = loans();
  ASSERT_EQ(lent.size(), 3U);
  for (const auto& list : lent) {
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].listener_slot, 5U);
  }
  EXPECT_EQ(lent_ids().size(), 3U);
  EXPECT_EQ(selected(100), lent_ids());
  EXPECT_EQ(group_.steering(), Steering{});
  EXPECT_FALSE(group_.pending());
}

TEST_F(SocketGroupTest, GivesAllWorkersOneSocketInSharedMode) {
  set_workers(3);
  change(AcceptMode::kShared);
  EXPECT_EQ(lent_ids().size(), 1U);
  for (const auto& list : loans()) EXPECT_EQ(list.size(), 1U);
}

TEST_F(SocketGroupTest, SteersByCoreToTheWorkerOfTheCore) {
  set_workers(3);
  change(AcceptMode::kReuseportCpu);
  EXPECT_EQ(group_.steering().by_core, (std::vector<CoreIndex>{{0, 0}, {1, 1}, {2, 2}}));
  EXPECT_EQ(group_.steering().selected, (std::vector<unsigned>{0, 1, 2}));
}

TEST_F(SocketGroupTest, SelectsANewSocketOnlyWhenItsWorkerAccepts) {
  set_workers(1);
  change(AcceptMode::kReuseport);
  const auto first = lent_ids();
  set_workers(2);
  change(AcceptMode::kReuseport);
  EXPECT_EQ(lent_ids().size(), 2U);
  settle();
  EXPECT_EQ(selected(), first);
  EXPECT_TRUE(group_.pending());
  acknowledge();
  settle();
  EXPECT_FALSE(group_.pending());
  EXPECT_EQ(selected(100), lent_ids());
}

TEST_F(SocketGroupTest, NeverSelectsALeavingSocketAgainAndEmptiesItsQueue) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  acknowledge();
  const std::uint64_t leaving = loans()[1][0].id;
  set_workers(1);
  change(AcceptMode::kReuseport);
  // The neighbour accepts on both, and connections come to its own alone.
  EXPECT_EQ(loans()[0].size(), 2U);
  EXPECT_TRUE(loans()[1].empty());
  EXPECT_FALSE(selected().contains(leaving));
  acknowledge();
  EXPECT_FALSE(settle());
  now_ += static_cast<std::uint64_t>(std::chrono::nanoseconds(limits::kSocketRetireGrace).count()) +
          2 * kSecondNs;
  EXPECT_TRUE(settle());
  EXPECT_EQ(loans()[0].size(), 1U);
  EXPECT_TRUE(group_.pending());
  acknowledge();
  settle();
  EXPECT_FALSE(group_.pending());
  EXPECT_FALSE(lent_ids().contains(leaving));
}

TEST_F(SocketGroupTest, KeepsALeavingSocketWhileConnectionsWaitInIt) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 60; ++i) clients.push_back(connect_client());
  set_workers(1);
  change(AcceptMode::kReuseport);
  for (int turn = 0; turn < 20; ++turn) {
    acknowledge();
    settle();
    now_ += kSecondNs;
  }
  EXPECT_EQ(lent_ids().size(), 2U);
  int total = 0;
  for (const auto& [id, count] : accept_all()) total += count;
  EXPECT_EQ(total, 60);
  settle_all();
  EXPECT_EQ(lent_ids().size(), 1U);
}

TEST_F(SocketGroupTest, KeepsTheIndexesRightWhenSocketsCloseInAnyOrder) {
  set_workers(4);
  change(AcceptMode::kReuseportCpu);
  const auto before = loans();
  // Workers 0 and 2 leave: their places are not the last ones of the group.
  places_ = {{1, 1}, {3, 3}};
  for (const unsigned gone : {0U, 2U}) standings_[gone].serving = standings_[gone].ready = false;
  change(AcceptMode::kReuseportCpu);
  EXPECT_EQ(group_.steering().selected, (std::vector<unsigned>{1, 3}));
  settle_all();
  EXPECT_EQ(lent_ids(), (std::set<std::uint64_t>{before[1][0].id, before[3][0].id}));
  EXPECT_EQ(group_.steering().selected, (std::vector<unsigned>{0, 1}));
  // Every connection reaches one of the two, whatever the program says of their places.
  for (const std::uint64_t id : selected(60)) EXPECT_TRUE(lent_ids().contains(id));
}

class SocketGroupSwitch : public SocketGroupTest,
                          public testing::WithParamInterface<std::pair<AcceptMode, AcceptMode>> {};

TEST_P(SocketGroupSwitch, RefusesAndLosesNobody) {
  set_workers(3);
  change(GetParam().first);
  acknowledge();
  settle();
  const auto old_ids = lent_ids();
  int connected = 0;
  int accepted = 0;
  std::vector<UniqueFd> clients;
  const auto load = [&] {
    for (int i = 0; i < 10; ++i) clients.push_back(connect_client());
    connected += 10;
    for (const auto& [id, count] : accept_all()) accepted += count;
  };
  load();
  change(GetParam().second);
  load();
  for (int turn = 0; turn < 30; ++turn) {
    settle();
    load();
    acknowledge();
    now_ += kSecondNs;
  }
  EXPECT_FALSE(group_.pending());
  EXPECT_EQ(accepted, connected);
  EXPECT_EQ(group_.mode(), GetParam().second);
  const std::size_t expected = has_socket_per_worker(GetParam().second) ? 3 : 1;
  EXPECT_EQ(lent_ids().size(), expected);
}

INSTANTIATE_TEST_SUITE_P(Modes, SocketGroupSwitch,
                         testing::Values(std::pair(AcceptMode::kShared, AcceptMode::kReuseport),
                                         std::pair(AcceptMode::kReuseport, AcceptMode::kExclusive),
                                         std::pair(AcceptMode::kExclusive, AcceptMode::kShared),
                                         std::pair(AcceptMode::kReuseport, AcceptMode::kReuseportCpu),
                                         std::pair(AcceptMode::kReuseportCpu, AcceptMode::kReuseport),
                                         std::pair(AcceptMode::kReuseportCpu, AcceptMode::kShared),
                                         std::pair(AcceptMode::kShared, AcceptMode::kReuseportCpu)));

TEST_F(SocketGroupTest, ReplacesSocketsWhoseOptionsChange) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  const auto before = lent_ids();
  listener_.kernel.receive_buffer_bytes = 65536;
  change(AcceptMode::kReuseport);
  settle_all();
  for (const std::uint64_t id : lent_ids()) EXPECT_FALSE(before.contains(id));
  EXPECT_EQ(lent_ids().size(), 2U);
  EXPECT_FALSE(group_.options().empty());
}

TEST_F(SocketGroupTest, UndoesWhatWasPrepared) {
  set_workers(1);
  change(AcceptMode::kReuseport);
  const auto before = lent_ids();
  set_workers(3);
  ASSERT_TRUE(group_.prepare(listener_, AcceptMode::kReuseport, places_));
  group_.rollback();
  EXPECT_EQ(lent_ids(), before);
  EXPECT_EQ(selected(), before);
  EXPECT_FALSE(group_.pending());
}

TEST_F(SocketGroupTest, TakesBackASocketThatWasLeaving) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  const auto before = lent_ids();
  set_workers(1);
  change(AcceptMode::kReuseport);
  set_workers(2);
  change(AcceptMode::kReuseport);
  EXPECT_EQ(lent_ids(), before);
  EXPECT_EQ(selected(100), before);
}

}  // namespace
}  // namespace demo
