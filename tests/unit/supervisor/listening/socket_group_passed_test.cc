#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "demo/internal/v1/handover.pb.h"
#include "socket_group_fixture.h"

namespace demo {
namespace {

// A group whose sockets the service manager has made: the test, which holds them as well.
class PassedSocketGroup : public SocketGroupTest {
 protected:
  void pass(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      auto made = open_listener_socket(listener_, listener_.address);
      ASSERT_TRUE(made);
      listener_.address.set_port(made->bound.port());
      passed_.push_back({made->fd, "demo.socket", made->bound, "", 0, false});
      kept_.emplace_back(::fcntl(made->fd.get(), F_DUPFD_CLOEXEC, 0));
    }
    group_.use_passed(passed_);
  }
  static ino_t inode_of(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
  }
  std::set<ino_t> inodes_of_passed() const {
    std::set<ino_t> inodes;
    for (const PassedSocket& socket : passed_) inodes.insert(inode_of(socket.fd.get()));
    return inodes;
  }
  // What this worker may accept on.
  std::set<ino_t> lent_to(unsigned worker) {
    std::set<ino_t> inodes;
    const auto all = loans();
    for (const SocketLoan& loan : all[worker]) inodes.insert(inode_of(loan.fd.get()));
    return inodes;
  }
  bool listens(const UniqueFd& fd) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd.get(), SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
  }

  std::vector<PassedSocket> passed_;
  std::vector<UniqueFd> kept_;
};

TEST_F(PassedSocketGroup, OneSocketIsForAllWorkersWhateverTheModeNeeds) {
  pass(1);
  set_workers(2);
  change(AcceptMode::kReuseportCpu);
  EXPECT_EQ(group_.mode(), AcceptMode::kExclusive);
  EXPECT_EQ(group_.size(), 1U);
  for (const unsigned worker : {0U, 1U}) EXPECT_EQ(lent_to(worker), inodes_of_passed());
  EXPECT_EQ(group_.bound(), passed_[0].address);
  settle_all();
  EXPECT_EQ(group_.problem(), "");
  EXPECT_EQ(selected().size(), 1U);
}

TEST_F(PassedSocketGroup, AsManyAsWorkersAreOneForEach) {
  pass(2);
  set_workers(2);
  change(AcceptMode::kReuseport);
  EXPECT_EQ(group_.mode(), AcceptMode::kReuseport);
  EXPECT_EQ(lent_to(0).size(), 1U);
  EXPECT_EQ(lent_to(1).size(), 1U);
  EXPECT_NE(lent_to(0), lent_to(1));
  EXPECT_EQ(selected().size(), 2U);
}

TEST_F(PassedSocketGroup, MoreThanWorkersAreAllServed) {
  pass(3);
  set_workers(2);
  change(AcceptMode::kReuseport);
  EXPECT_EQ(lent_to(0).size(), 2U);
  EXPECT_EQ(lent_to(1).size(), 1U);
  EXPECT_EQ(selected().size(), 3U);
}

TEST_F(PassedSocketGroup, WorkersThatComeAndGoShareTheSameSockets) {
  pass(2);
  set_workers(2);
  change(AcceptMode::kReuseport);
  set_workers(3);
  change(AcceptMode::kReuseport);
  settle_all();
  EXPECT_EQ(group_.mode(), AcceptMode::kExclusive);
  for (const unsigned worker : {0U, 1U, 2U}) EXPECT_EQ(lent_to(worker), inodes_of_passed());
  set_workers(2);
  change(AcceptMode::kReuseport);
  settle_all();
  EXPECT_EQ(group_.mode(), AcceptMode::kReuseport);
  EXPECT_EQ(lent_to(0).size(), 1U);
  EXPECT_EQ(group_.size(), 2U);
}

TEST_F(PassedSocketGroup, AnotherWayToWaitForItGivesTheSocketAnotherNumber) {
  pass(1);
  set_workers(2);
  change(AcceptMode::kShared);
  const auto before = lent_ids();
  change(AcceptMode::kExclusive);
  EXPECT_NE(lent_ids(), before);
  EXPECT_EQ(lent_ids().size(), 1U);
  EXPECT_EQ(lent_to(0), inodes_of_passed());
}

TEST_F(PassedSocketGroup, OptionsAreSetOnTheSocketsThatAreThere) {
  pass(1);
  set_workers(1);
  change(AcceptMode::kExclusive);
  listener_.kernel.defer_accept_s = 3;
  change(AcceptMode::kExclusive);
  settle_all();
  EXPECT_EQ(lent_to(0), inodes_of_passed());
  const auto& options = group_.options();
  const auto found = std::find_if(options.begin(), options.end(),
                                  [](const auto& option) { return option.name == "defer_accept_s"; });
  ASSERT_NE(found, options.end());
  EXPECT_EQ(found->requested, "3");
  EXPECT_EQ(found->error, "");
}

TEST_F(PassedSocketGroup, OnesOfARemovedListenerGoOnListeningForWhoeverHasThemNext) {
  pass(2);
  set_workers(2);
  change(AcceptMode::kReuseport);
  const UniqueFd early = connect_client();
  group_.remove(clock());
  EXPECT_TRUE(group_.is_in_the_way());
  UniqueFd late(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ::connect(late.get(), passed_[0].address.sockaddr_ptr(), passed_[0].address.sockaddr_size());
  pollfd event{late.get(), POLLOUT, 0};
  EXPECT_EQ(::poll(&event, 1, 0), 0) << "nobody gets into a queue that is not served";
  int served = 0;
  for (const auto& [id, count] : accept_all()) served += count;
  EXPECT_EQ(served, 1);
  settle_all_removed();
  EXPECT_TRUE(group_.empty());
  for (const UniqueFd& kept : kept_) EXPECT_TRUE(listens(kept));

  SocketGroup next(listener_, handshakes_);
  next.use_passed(passed_);
  ASSERT_TRUE(next.prepare(listener_, AcceptMode::kReuseport, places_));
  next.commit(clock());
  EXPECT_EQ(::poll(&event, 1, 10'000), 1) << "its handshake is tried again";
}

TEST_F(PassedSocketGroup, EndOfTheGroupShutsNoneDown) {
  pass(1);
  set_workers(1);
  change(AcceptMode::kExclusive);
  group_.end();
  EXPECT_TRUE(listens(kept_[0]));
}

TEST_F(PassedSocketGroup, NextSupervisorKnowsThatTheyWerePassed) {
  pass(2);
  set_workers(2);
  change(AcceptMode::kReuseport);
  internal::v1::SocketGroup record;
  group_.record(record);
  std::vector<std::pair<std::uint64_t, int>> descriptors;
  group_.list_descriptors(descriptors);
  std::map<std::uint64_t, SharedFd> sockets;
  for (const auto& [number, fd] : descriptors) {
    sockets[number] = SharedFd(UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)));
  }
  SocketGroup next(record, sockets, handshakes_);
  EXPECT_TRUE(next.has_passed());
  EXPECT_EQ(next.size(), 2U);
  next.end();
  for (const UniqueFd& kept : kept_) EXPECT_TRUE(listens(kept));
}

}  // namespace
}  // namespace demo
