#include "supervisor/socket_group.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <set>

#include "base/limits.h"

namespace demo {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;

// Drives a group over real sockets on loopback with workers that are only told about: time and
// acknowledgements are the test's.
class SocketGroupTest : public testing::Test {
 protected:
  SocketGroupTest() { listener_.address = *Address::parse("127.0.0.1:0"); }

  void set_workers(unsigned count) {
    places_.clear();
    for (unsigned i = 0; i < count; ++i) places_.push_back({i, i});
    for (unsigned i = static_cast<unsigned>(standings_.size()); i < count; ++i) {
      standings_.push_back({{i, i}, true, true, true, 0});
    }
    for (WorkerStanding& standing : standings_) {
      standing.serving = standing.ready = standing.place.index < count;
    }
  }
  GroupClock clock() { return {standings_, version_ + 1, now_}; }
  void acknowledge() {
    for (WorkerStanding& standing : standings_) standing.acked_version = version_;
  }
  void change(AcceptMode mode) {
    ASSERT_TRUE(group_.prepare(listener_, mode, places_));
    group_.commit(clock());
    ++version_;
  }
  // One turn of the supervisor.
  bool settle() {
    const bool changed = group_.settle(clock());
    if (changed) ++version_;
    return changed;
  }
  // Turns until nothing is left to wait for, with all workers in step and time passing.
  void settle_all() {
    for (int turn = 0; turn < 100 && group_.pending(); ++turn) {
      acknowledge();
      settle();
      now_ += kSecondNs;
    }
    EXPECT_FALSE(group_.pending());
  }
  void settle_all_removed(int turns = 100) {
    for (int turn = 0; turn < turns && !group_.empty(); ++turn) {
      acknowledge();
      settle();
      now_ += kSecondNs / 10;
    }
  }
  std::vector<std::vector<SocketLoan>> loans() {
    std::vector<std::vector<SocketLoan>> loans(standings_.size());
    group_.lend(standings_, 5, loans);
    return loans;
  }
  std::set<std::uint64_t> lent_ids() {
    std::set<std::uint64_t> ids;
    for (const auto& list : loans()) {
      for (const SocketLoan& loan : list) ids.insert(loan.id);
    }
    return ids;
  }
  UniqueFd connect_client() {
    UniqueFd client(::socket(group_.bound().family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(client.get(), group_.bound().sockaddr_ptr(), group_.bound().sockaddr_size()), 0);
    EXPECT_EQ(::send(client.get(), "x", 1, 0), 1);
    return client;
  }
  // Accepts on all lent sockets; how many connections each gave, by socket.
  std::map<std::uint64_t, int> accept_all() {
    std::map<std::uint64_t, int> accepted;
    for (const auto& list : loans()) {
      for (const SocketLoan& loan : list) {
        for (int fd = 0; (fd = ::accept4(loan.fd, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
          ::close(fd);
          ++accepted[loan.id];
        }
      }
    }
    return accepted;
  }
  // Connects; the sockets that got the connections.
  std::set<std::uint64_t> selected(int connections = 40) {
    std::vector<UniqueFd> clients;
    for (int i = 0; i < connections; ++i) clients.push_back(connect_client());
    std::set<std::uint64_t> ids;
    int total = 0;
    for (const auto& [id, count] : accept_all()) {
      ids.insert(id);
      total += count;
    }
    EXPECT_EQ(total, connections);
    return ids;
  }

  Listener listener_;
  std::vector<WorkerPlace> places_;
  std::vector<WorkerStanding> standings_;
  std::uint64_t version_ = 1;
  std::uint64_t now_ = 100 * kSecondNs;
  int questions_ = 0;
  OpenHandshakes handshakes_{[this](std::uint16_t port) {
                               ++questions_;
                               return has_open_handshake(port);
                             },
                             [this] { return now_; }};
  SocketGroup group_{[] {
                       Listener first;
                       first.address = *Address::parse("127.0.0.1:0");
                       return first;
                     }(),
                     handshakes_};
};

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

TEST_F(SocketGroupTest, ClosesWhenRemovedAsSoonAsNobodyHoldsIt) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  acknowledge();
  group_.remove(clock());
  EXPECT_TRUE(settle());
  EXPECT_TRUE(lent_ids().empty());
  EXPECT_FALSE(group_.empty());
  standings_[0].acked_version = version_;
  settle();
  EXPECT_FALSE(group_.empty());
  standings_[1].running = false;
  settle();
  EXPECT_TRUE(group_.empty());
}

TEST_F(SocketGroupTest, ServesWhoHadReachedItWhenItIsRemovedAndRefusesOthers) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  acknowledge();
  // One that waits for its first bytes (TCP_DEFER_ACCEPT), and one in the queue.
  const UniqueFd silent(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(silent.get(), group_.bound().sockaddr_ptr(), group_.bound().sockaddr_size()), 0);
  const UniqueFd queued = connect_client();
  group_.remove(clock());
  EXPECT_FALSE(settle());
  EXPECT_EQ(lent_ids().size(), 2U);
  const UniqueFd late(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_NE(::connect(late.get(), group_.bound().sockaddr_ptr(), group_.bound().sockaddr_size()), 0);
  EXPECT_EQ(errno, ECONNREFUSED);
  ASSERT_EQ(::send(silent.get(), "x", 1, 0), 1);
  int accepted = 0;
  for (const auto& [id, count] : accept_all()) accepted += count;
  EXPECT_EQ(accepted, 2);
  settle_all_removed();
  EXPECT_TRUE(group_.empty());
}

TEST_F(SocketGroupTest, DoesNotKeepARemovedQueueForEver) {
  set_workers(1);
  change(AcceptMode::kReuseport);
  const UniqueFd queued = connect_client();
  group_.remove(clock());
  settle_all_removed(5);
  EXPECT_FALSE(group_.empty());
  now_ += static_cast<std::uint64_t>(std::chrono::nanoseconds(limits::kDrainTimeout).count());
  settle_all_removed();
  EXPECT_TRUE(group_.empty());
}

TEST_F(SocketGroupTest, EndsWhatOthersHoldOfItsSocketsToo) {
  set_workers(1);
  change(AcceptMode::kReuseport);
  const UniqueFd elsewhere(::dup(loans()[0][0].fd));
  group_.remove(clock());
  settle_all_removed();
  ASSERT_TRUE(group_.empty());
  // In the hands of somebody who would never accept on it, it draws no connection.
  int listening = 1;
  socklen_t size = sizeof listening;
  ASSERT_EQ(::getsockopt(elsewhere.get(), SOL_SOCKET, SO_ACCEPTCONN, &listening, &size), 0);
  EXPECT_EQ(listening, 0);
}

TEST_F(SocketGroupTest, DoesNotWaitForAWorkerThatNeverAcknowledges) {
  set_workers(2);
  change(AcceptMode::kShared);
  const auto before = lent_ids();
  change(AcceptMode::kReuseport);
  standings_[0].acked_version = version_;
  settle();
  EXPECT_TRUE(selected().contains(*before.begin()));
  now_ += static_cast<std::uint64_t>(std::chrono::nanoseconds(limits::kChangeAckTimeout).count());
  settle();
  EXPECT_FALSE(selected().contains(*before.begin()));
}

// Each question costs by the number of connections of the host.
TEST_F(SocketGroupTest, AsksForOpenHandshakesOnceWhateverTheNumberOfItsSockets) {
  set_workers(8);
  change(AcceptMode::kReuseport);
  group_.remove(clock());
  settle_all_removed();
  EXPECT_TRUE(group_.empty());
  EXPECT_EQ(questions_, 1);
}

class UnixSocketGroupTest : public SocketGroupTest {
 protected:
  UnixSocketGroupTest() {
    path_ = testing::TempDir() + "group-" + std::to_string(::getpid()) + ".sock";
    listener_.address = *Address::parse("unix:" + path_);
  }
  bool exists() const {
    struct stat status {};
    return ::lstat(path_.c_str(), &status) == 0;
  }
  std::string path_;
};

TEST_F(UnixSocketGroupTest, UsesOneSocketInEveryModeAndRemovesItsPath) {
  SocketGroup group(listener_, handshakes_);
  set_workers(2);
  ASSERT_TRUE(group.prepare(listener_, AcceptMode::kReuseportCpu, places_));
  group.commit(clock());
  EXPECT_EQ(group.mode(), AcceptMode::kExclusive);
  std::vector<std::vector<SocketLoan>> lent;
  group.lend(standings_, 0, lent);
  ASSERT_EQ(lent.size(), 2U);
  EXPECT_EQ(lent[0], lent[1]);
  EXPECT_TRUE(exists());
  group.remove(clock());
  EXPECT_FALSE(exists());
}

TEST_F(UnixSocketGroupTest, KeepsItsPathThroughARefusedChange) {
  SocketGroup group(listener_, handshakes_);
  set_workers(1);
  ASSERT_TRUE(group.prepare(listener_, AcceptMode::kExclusive, places_));
  EXPECT_FALSE(exists());
  group.commit(clock());
  Listener changed = listener_;
  changed.kernel.backlog = 7;
  ASSERT_TRUE(group.prepare(changed, AcceptMode::kShared, places_));
  group.rollback();
  EXPECT_TRUE(group.has_path());
  ASSERT_TRUE(group.prepare(changed, AcceptMode::kShared, places_));
  group.commit(clock());
  EXPECT_TRUE(group.has_path());
}

TEST_F(UnixSocketGroupTest, LeavesNoFileOfARefusedListener) {
  SocketGroup group(listener_, handshakes_);
  set_workers(1);
  ASSERT_TRUE(group.prepare(listener_, AcceptMode::kExclusive, places_));
  group.rollback();
  EXPECT_TRUE(group.empty());
  EXPECT_FALSE(exists());
}

TEST_F(UnixSocketGroupTest, SwitchesModesThereAndBackWithOneSocketThatWorkersWatchAnew) {
  SocketGroup group(listener_, handshakes_);
  set_workers(1);
  std::set<std::uint64_t> ids;
  std::set<int> sockets;
  for (const AcceptMode mode : {AcceptMode::kShared, AcceptMode::kExclusive, AcceptMode::kShared}) {
    ASSERT_TRUE(group.prepare(listener_, mode, places_));
    group.commit(clock());
    std::vector<std::vector<SocketLoan>> lent;
    group.lend(standings_, 0, lent);
    ASSERT_EQ(lent.at(0).size(), 1U);
    ids.insert(lent[0][0].id);
    sockets.insert(lent[0][0].fd);
    EXPECT_TRUE(group.has_path());
  }
  EXPECT_EQ(ids.size(), 3U);
  EXPECT_EQ(sockets.size(), 1U);
}

TEST_F(UnixSocketGroupTest, ComesBackWhenSomebodyRemovedItsPathAndLeavesAnothersAlone) {
  SocketGroup group(listener_, handshakes_);
  set_workers(1);
  ASSERT_TRUE(group.prepare(listener_, AcceptMode::kShared, places_));
  group.commit(clock());
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_FALSE(group.has_path());
  ASSERT_TRUE(group.prepare(listener_, AcceptMode::kShared, places_));
  group.commit(clock());
  EXPECT_TRUE(group.has_path());
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  const Listener other = listener_;
  auto taken = open_listener_socket(other, other.address);
  ASSERT_TRUE(taken);
  ASSERT_EQ(taken->name.publish({}), 0);
  group.remove(clock());
  EXPECT_TRUE(taken->name.has_path());
}

TEST_F(UnixSocketGroupTest, LeavesAFileAloneThatCameWhileAChangeWasPrepared) {
  SocketGroup group(listener_, handshakes_);
  set_workers(1);
  ASSERT_TRUE(group.prepare(listener_, AcceptMode::kShared, places_));
  group.commit(clock());
  Listener changed = listener_;
  changed.kernel.backlog = 7;
  ASSERT_TRUE(group.prepare(changed, AcceptMode::kShared, places_));
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  std::ofstream(path_) << "precious";
  group.commit(clock());
  group.remove(clock());
  std::string text;
  std::ifstream(path_) >> text;
  EXPECT_EQ(text, "precious");
  ::unlink(path_.c_str());
}

}  // namespace
}  // namespace demo
