#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>

#include "socket_group_fixture.h"

namespace demo {
namespace {

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
    sockets.insert(lent[0][0].fd.get());
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
