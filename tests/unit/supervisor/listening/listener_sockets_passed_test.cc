#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "demo/internal/v1/handover.pb.h"
#include "supervisor/listening/listener_sockets.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

bool still_listens(int fd) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
}
UniqueFd duplicate_of(int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

// The sockets of a daemon and of those after it; the test is the service manager.
class ListenerSocketsPassed : public testing::Test {
 protected:
  // A socket of the manager's, and a configuration with its listener.
  void SetUp() override {
    Listener& listener = config_.listeners.emplace_back();
    listener.address = *Address::parse("127.0.0.1:0");
    auto made = open_listener_socket(listener, listener.address);
    ASSERT_TRUE(made);
    listener.address = made->bound;
    made_ = made->fd;
  }
  void pass_to(ListenerSockets& sockets) {
    std::vector<std::pair<std::string, UniqueFd>> passed;
    passed.emplace_back("demo.socket", duplicate_of(made_.get()));
    sockets.take_passed(std::move(passed));
  }
  void run(ListenerSockets& sockets, const Config& config) {
    ASSERT_TRUE(sockets.prepare(config, {{0, 0}, {1, 1}}, ListenerSockets::Patience::kNew));
    sockets.commit({standings_, 1, 1});
  }
  // What is in the manager's store of the sockets of this one.
  static std::map<std::uint64_t, SharedFd> stored(const ListenerSockets& sockets) {
    std::map<std::uint64_t, SharedFd> stored;
    for (const auto& [number, fd] : sockets.descriptors()) stored[number] = SharedFd(duplicate_of(fd));
    return stored;
  }
  static internal::v1::Handover record(const ListenerSockets& sockets) {
    internal::v1::Handover handover;
    sockets.record(handover);
    return handover;
  }

  Config config_;
  SharedFd made_;
  std::vector<WorkerStanding> standings_{{{0, 0}, true, true, true, 0}, {{1, 1}, true, true, true, 0}};
};

TEST_F(ListenerSocketsPassed, EachIsHeldOnceHoweverManyWaysItComes) {
  ListenerSockets first;
  pass_to(first);
  run(first, config_);
  auto sockets = stored(first);
  ASSERT_EQ(sockets.size(), 1U);
  ListenerSockets next;
  pass_to(next);
  next.adopt(record(first), sockets, false);
  run(next, config_);
  EXPECT_TRUE(sockets.empty());
  ASSERT_EQ(next.descriptors().size(), 1U);
  EXPECT_EQ(next.descriptors()[0].first, first.descriptors()[0].first);
  ASSERT_EQ(next.passed().all().size(), 1U);
  EXPECT_EQ(next.passed().all()[0].fd.get(), next.descriptors()[0].second);
}

TEST_F(ListenerSocketsPassed, OneThatNoListenerUsesGoesOverAnExecAndOtherwiseComesFromTheManager) {
  for (const bool of_program : {true, false}) {
    SCOPED_TRACE(of_program);
    ListenerSockets first;
    pass_to(first);
    run(first, {});
    auto sockets = stored(first);
    ASSERT_EQ(sockets.size(), 1U);
    ListenerSockets next;
    next.adopt(record(first), sockets, of_program);
    EXPECT_TRUE(sockets.empty());
    EXPECT_EQ(next.passed().any_of(config_.listeners[0]), of_program);
  }
}

// As a program that was tried in this one's stead may have left the records.
TEST_F(ListenerSocketsPassed, OneThatGotAnotherNumberSinceIsTheSame) {
  ListenerSockets first;
  pass_to(first);
  run(first, config_);
  auto sockets = stored(first);
  internal::v1::Handover since = record(first);
  since.mutable_groups(0)->mutable_sockets(0)->set_number(1000);
  ListenerSockets next;
  EXPECT_TRUE(next.adopt(since, sockets, true).empty());
  EXPECT_TRUE(sockets.empty());
  run(next, config_);
  EXPECT_TRUE(next.find(config_.listeners[0])->has_passed());
  EXPECT_TRUE(still_listens(made_.get()));
}

TEST_F(ListenerSocketsPassed, OthersOptionsGiveItNoOtherNumber) {
  ListenerSockets sockets;
  pass_to(sockets);
  run(sockets, config_);
  const auto number = sockets.descriptors()[0].first;
  config_.listeners[0].kernel.backlog = 77;
  run(sockets, config_);
  EXPECT_EQ(sockets.descriptors()[0].first, number);
}

TEST_F(ListenerSocketsPassed, OneThatAListenerUsesIsServedOnThoughTheManagerPassesItNoMore) {
  ListenerSockets first;
  pass_to(first);
  run(first, config_);
  auto sockets = stored(first);
  ListenerSockets next;
  next.adopt(record(first), sockets, false);
  run(next, config_);
  EXPECT_EQ(next.descriptors().size(), 1U);
  EXPECT_TRUE(next.find(config_.listeners[0])->has_passed());
}

TEST_F(ListenerSocketsPassed, SocketsOfTheDaemonsOwnGiveWayToThem) {
  made_.reset();
  config_.accept_mode = AcceptMode::kReuseport;
  ListenerSockets first;
  run(first, config_);
  // With SO_REUSEPORT and one user they can stand beside each other.
  auto made = open_listener_socket(config_.listeners[0], config_.listeners[0].address);
  ASSERT_TRUE(made);
  made_ = made->fd;
  ASSERT_EQ(first.descriptors().size(), 2U);
  auto sockets = stored(first);
  ListenerSockets next;
  pass_to(next);
  next.adopt(record(first), sockets, false);
  EXPECT_EQ(next.leaving().size(), 1U);
  run(next, config_);
  EXPECT_EQ(next.find(config_.listeners[0])->size(), 1U);
  EXPECT_TRUE(next.find(config_.listeners[0])->has_passed());
}

TEST_F(ListenerSocketsPassed, NobodyIsLeftWaitingInOneWithAPathThatNoListenerUses) {
  TemporaryFolder folder;
  const auto address = Address::parse("unix:" + folder.file("web.sock"));
  ASSERT_TRUE(address);
  made_ = SharedFd(UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  ASSERT_EQ(::bind(made_.get(), address->sockaddr_ptr(), address->sockaddr_size()), 0);
  ASSERT_EQ(::listen(made_.get(), 16), 0);
  ListenerSockets sockets;
  pass_to(sockets);
  run(sockets, {});
  const UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(client.get(), address->sockaddr_ptr(), address->sockaddr_size()), 0);
  sockets.look_around();
  char byte = 0;
  EXPECT_EQ(::recv(client.get(), &byte, 1, MSG_DONTWAIT), 0);
}

TEST_F(ListenerSocketsPassed, EndOfTheDaemonLeavesThemToTheManager) {
  for (const Config& config : {config_, Config()}) {
    ListenerSockets sockets;
    pass_to(sockets);
    run(sockets, config);
    sockets.close_all();
    EXPECT_TRUE(still_listens(made_.get()));
    const UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Address& at = config_.listeners[0].address;
    EXPECT_EQ(::connect(client.get(), at.sockaddr_ptr(), at.sockaddr_size()), 0);
  }
}

}  // namespace
}  // namespace demo
