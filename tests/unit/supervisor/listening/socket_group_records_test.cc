#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

#include "demo/internal/v1/handover.pb.h"
#include "socket_group_fixture.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

// A group that another supervisor takes over: it has duplicates of the descriptors, and the record.
class SocketGroupRecords : public SocketGroupTest {
 protected:
  // As the service manager keeps them.
  std::map<std::uint64_t, SharedFd> duplicates() {
    std::vector<std::pair<std::uint64_t, int>> descriptors;
    group_.list_descriptors(descriptors);
    std::map<std::uint64_t, SharedFd> sockets;
    for (const auto& [number, fd] : descriptors) {
      sockets[number] = SharedFd(UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)));
    }
    return sockets;
  }
  internal::v1::SocketGroup record() const {
    internal::v1::SocketGroup record;
    group_.record(record);
    return record;
  }
  // As the supervisor after it begins with the listener as it is now.
  void begin(SocketGroup& next, AcceptMode mode) {
    ASSERT_TRUE(next.prepare(listener_, mode, places_));
    next.commit(clock());
    ++version_;
  }
  static std::set<std::uint64_t> ids_of(const SocketGroup& group) {
    std::vector<std::pair<std::uint64_t, int>> descriptors;
    group.list_descriptors(descriptors);
    std::set<std::uint64_t> ids;
    for (const auto& [number, fd] : descriptors) ids.insert(number);
    return ids;
  }
};

TEST_F(SocketGroupRecords, GoesOnWithTheSameSocketsInEachMode) {
  for (const AcceptMode mode :
       {AcceptMode::kShared, AcceptMode::kExclusive, AcceptMode::kReuseport, AcceptMode::kReuseportCpu}) {
    SCOPED_TRACE(to_string(mode));
    set_workers(3);
    change(mode);
    settle_all();
    auto sockets = duplicates();
    SocketGroup next(record(), sockets, handshakes_);
    EXPECT_TRUE(sockets.empty());
    begin(next, mode);
    EXPECT_EQ(ids_of(next), ids_of(group_));
    EXPECT_EQ(next.bound(), group_.bound());
    EXPECT_EQ(next.mode(), mode);
    EXPECT_EQ(next.steering(), group_.steering());
    EXPECT_EQ(next.options().size(), group_.options().size());
    EXPECT_FALSE(next.pending());
  }
}

TEST_F(SocketGroupRecords, OpensWhatItsWorkersLackAndNumbersItAnew) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  settle_all();
  auto sockets = duplicates();
  const auto before = ids_of(group_);
  SocketGroup next(record(), sockets, handshakes_);
  set_workers(3);
  begin(next, AcceptMode::kReuseport);
  const auto after = ids_of(next);
  EXPECT_EQ(after.size(), 3U);
  EXPECT_GT(*after.rbegin(), *before.rbegin());
  EXPECT_TRUE(next.pending());  // until its worker accepts on it
}

TEST_F(SocketGroupRecords, ReplacesSocketsWhoseOptionsChangedMeanwhile) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  settle_all();
  auto sockets = duplicates();
  SocketGroup next(record(), sockets, handshakes_);
  listener_.kernel.backlog = 7;
  begin(next, AcceptMode::kReuseport);
  EXPECT_EQ(ids_of(next).size(), 4U);
  for (int turn = 0; turn < 100 && next.pending(); ++turn) {
    acknowledge();
    if (next.settle(clock())) ++version_;
    now_ += kSecondNs;
  }
  EXPECT_EQ(ids_of(next).size(), 2U);
  for (const std::uint64_t id : ids_of(next)) EXPECT_FALSE(ids_of(group_).contains(id));
}

// What another build wrote about options is equal to nothing.
TEST_F(SocketGroupRecords, ReplacesSocketsWhoseOptionsItDoesNotUnderstand) {
  set_workers(1);
  change(AcceptMode::kExclusive);
  auto sockets = duplicates();
  internal::v1::SocketGroup other = record();
  other.set_traits(0, "of another build");
  SocketGroup next(other, sockets, handshakes_);
  begin(next, AcceptMode::kExclusive);
  EXPECT_EQ(ids_of(next).size(), 2U);
}

// The kernel has moved the last socket of the group into the place of the one that closed.
TEST_F(SocketGroupRecords, TakesASocketThatIsNotThereForClosed) {
  set_workers(3);
  change(AcceptMode::kReuseportCpu);
  settle_all();
  auto sockets = duplicates();
  const std::uint64_t first = sockets.begin()->first;
  ::shutdown(sockets.begin()->second.get(), SHUT_RDWR);
  SocketGroup next(record(), sockets, handshakes_);
  EXPECT_FALSE(ids_of(next).contains(first));
  begin(next, AcceptMode::kReuseportCpu);
  for (int turn = 0; turn < 100 && next.pending(); ++turn) {
    acknowledge();
    if (next.settle(clock())) ++version_;
    now_ += kSecondNs;
  }
  // The third worker's in place 0, the second one's in 1, the new one of the first behind.
  EXPECT_EQ(next.steering().by_core, (std::vector<CoreIndex>{{0, 2}, {1, 1}, {2, 0}}));
}

TEST_F(SocketGroupRecords, KeepsThePathOfAUnixSocket) {
  const TemporaryFolder folder;
  const std::string path = folder.file("listener.sock");
  listener_.address = *Address::parse("unix:" + path);
  {
    SocketGroup first(listener_, handshakes_);
    set_workers(2);
    begin(first, AcceptMode::kExclusive);
    std::vector<std::pair<std::uint64_t, int>> descriptors;
    first.list_descriptors(descriptors);
    ASSERT_EQ(descriptors.size(), 1U);
    internal::v1::SocketGroup record;
    first.record(record);
    std::map<std::uint64_t, SharedFd> sockets;
    sockets[descriptors[0].first] = SharedFd(UniqueFd(::dup(descriptors[0].second)));
    first.let_go();
    auto next = std::make_unique<SocketGroup>(record, sockets, handshakes_);
    EXPECT_TRUE(next->has_path());
    begin(*next, AcceptMode::kExclusive);
    EXPECT_EQ(ids_of(*next), (std::set<std::uint64_t>{descriptors[0].first}));
    EXPECT_TRUE(std::filesystem::exists(path));
    next.reset();
    EXPECT_FALSE(std::filesystem::exists(path));
  }
}

}  // namespace
}  // namespace demo
