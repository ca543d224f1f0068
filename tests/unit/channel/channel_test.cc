#include "channel/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "demo/internal/v1/channel.pb.h"
#include "sample_snapshot.h"
#include "unit/descriptor_limit.h"

namespace demo {
namespace {

struct Ends {
  Channel supervisor;
  Channel worker;
};

Ends open_ends() {
  auto pair = Channel::open_pair();
  return {Channel(std::move(pair->first)), Channel(std::move(pair->second))};
}

UniqueFd some_fd() { return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }
SharedFd shared_fd() { return SharedFd(some_fd()); }

template <typename T>
T pass(T message) {
  Ends ends = open_ends();
  EXPECT_TRUE(ends.supervisor.send(std::move(message)));
  auto received = ends.worker.receive();
  if (!received || !*received) {
    ADD_FAILURE() << "nothing came through";
    return {};
  }
  return std::get<T>(std::move(**received));
}

TEST(Channel, CarriesASnapshotWithItsSockets) {
  ApplySnapshot message;
  message.snapshot = sample_snapshot();
  message.sockets.push_back({7, 249, shared_fd()});
  message.sockets.push_back({8, 0, shared_fd()});
  const ApplySnapshot got = pass(std::move(message));
  EXPECT_EQ(got.snapshot, sample_snapshot());
  ASSERT_EQ(got.sockets.size(), 2U);
  EXPECT_EQ(got.sockets[0].id, 7U);
  EXPECT_EQ(got.sockets[0].listener_slot, 249U);
  EXPECT_EQ(got.sockets[1].id, 8U);
  struct stat status {};
  EXPECT_EQ(::fstat(got.sockets[1].fd.get(), &status), 0);
  EXPECT_EQ(::fcntl(got.sockets[1].fd.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST(Channel, CarriesMoreSocketsThanOneFrameHolds) {
  for (const std::size_t count : {0UL, 252UL, 253UL, 505UL, 506UL}) {
    ApplySnapshot message;
    message.snapshot = sample_snapshot();
    for (std::size_t i = 0; i < count; ++i) message.sockets.push_back({i, 0, shared_fd()});
    const ApplySnapshot got = pass(std::move(message));
    ASSERT_EQ(got.sockets.size(), count);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(got.sockets[i].id, i);
  }
}

TEST(Channel, SocketsThatTheWorkerHasComeWithoutADescriptor) {
  for (const std::size_t count : {2UL, 253UL, 1000UL, 5000UL}) {
    ApplySnapshot message;
    message.snapshot = sample_snapshot();
    for (std::size_t i = 0; i < count; ++i) {
      message.sockets.push_back({i, 0, i % 1000 == 1 ? shared_fd() : SharedFd()});
    }
    const ApplySnapshot got = pass(std::move(message));
    ASSERT_EQ(got.sockets.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(got.sockets[i].id, i);
      EXPECT_EQ(static_cast<bool>(got.sockets[i].fd), i % 1000 == 1) << i;
    }
  }
}

TEST(Channel, CarriesEveryOtherMessage) {
  EXPECT_EQ(pass(Drain{std::chrono::milliseconds(1234)}).deadline, std::chrono::milliseconds(1234));
  const Ack ack = pass(Ack{9, {"one", "two"}});
  EXPECT_EQ(ack.generation, 9U);
  EXPECT_EQ(ack.problems, (std::vector<std::string>{"one", "two"}));
  const Confinement confined = pass(Ack{9, {}, {true, false, true, false, 7, 65534, {"why"}}}).confinement;
  EXPECT_EQ(std::tuple(confined.no_capabilities, confined.no_new_privileges, confined.no_dumps,
                       confined.system_calls_filtered),
            std::tuple(true, false, true, false));
  EXPECT_EQ(std::tuple(confined.landlock_abi, confined.uid), std::tuple(7U, 65534U));
  EXPECT_EQ(confined.problems, std::vector<std::string>{"why"});
  EXPECT_EQ(pass(Drained{3}).forced, 3U);
  EXPECT_TRUE(pass(Incomplete{true}).log);
  EXPECT_EQ(pass(LogLoss{12}).lines, 12U);
  const BackendNotice notice =
      pass(BackendNotice{"p", "e:80", *Address::parse("1.2.3.4:80"), BackendNews::kDistrusted, "why", 5,
                         std::chrono::milliseconds(1500)});
  EXPECT_EQ(notice.pool, "p");
  EXPECT_EQ(notice.endpoint, "e:80");
  EXPECT_EQ(notice.address, *Address::parse("1.2.3.4:80"));
  EXPECT_EQ(notice.news, BackendNews::kDistrusted);
  EXPECT_EQ(notice.reason, "why");
  EXPECT_EQ(notice.failures, 5U);
  EXPECT_EQ(notice.time, std::chrono::milliseconds(1500));
}

TEST(Channel, CarriesTheLogsDescriptor) {
  const UseLog message = pass(UseLog{some_fd()});
  EXPECT_NE(::fcntl(message.fd.get(), F_GETFD), -1);
  EXPECT_FALSE(message.own);
  EXPECT_NE(::fcntl(pass(UseLog{some_fd(), some_fd()}).own.get(), F_GETFD), -1);
}

TEST(Channel, CutsTextsSoThatAFrameAlwaysFits) {
  const Ack ack = pass(Ack{1, std::vector<std::string>(1000, std::string(100'000, '\xff'))});
  EXPECT_FALSE(ack.problems.empty());
  EXPECT_LE(ack.problems.size(), 32U);
}

TEST(Channel, KeepsOrderAndLosesNothingWhenThePeerDoesNotRead) {
  Ends ends = open_ends();
  std::uint64_t sent = 0;
  while (!ends.supervisor.has_unsent()) ASSERT_TRUE(ends.supervisor.send(Drained{sent++}));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(ends.supervisor.send(Drained{sent++}));
  for (std::uint64_t expected = 0; expected < sent; ++expected) {
    auto message = ends.worker.receive();
    ASSERT_TRUE(message);
    ASSERT_TRUE(*message);
    EXPECT_EQ(std::get<Drained>(**message).forced, expected);
    ASSERT_TRUE(ends.supervisor.flush());
  }
  EXPECT_FALSE(ends.supervisor.has_unsent());
}

TEST(Channel, TellsWhenThePeerIsGone) {
  auto pair = Channel::open_pair();
  ASSERT_TRUE(pair);
  Channel worker(std::move(pair->second));
  EXPECT_FALSE(*worker.receive());
  EXPECT_FALSE(worker.closed());
  pair->first.reset();
  EXPECT_FALSE(*worker.receive());
  EXPECT_TRUE(worker.closed());
  EXPECT_TRUE(worker.send(Drained{}));
  EXPECT_FALSE(worker.has_unsent());
}

TEST(Channel, TellsThatASnapshotCameWithoutRoomForItsDescriptors) {
  for (const std::size_t sockets : {1UL, 300UL}) {
    Ends ends = open_ends();
    const auto send = [&] {
      ApplySnapshot message;
      message.snapshot = sample_snapshot();
      for (std::size_t i = 0; i < sockets; ++i) message.sockets.push_back({i, 0, shared_fd()});
      ASSERT_TRUE(ends.supervisor.send(std::move(message)));
    };
    send();
    {
      const DescriptorLimit none(1);
      auto message = ends.worker.receive();
      ASSERT_TRUE(message) << message.error().message;
      EXPECT_FALSE(std::get<Incomplete>(**message).log);
    }
    // The channel is as good as before.
    send();
    auto message = ends.worker.receive();
    ASSERT_TRUE(message);
    EXPECT_EQ(std::get<ApplySnapshot>(**message).sockets.size(), sockets);
  }
}

TEST(Channel, TellsThatALogCameWithoutRoomForItsDescriptor) {
  Ends ends = open_ends();
  ASSERT_TRUE(ends.supervisor.send(UseLog{some_fd()}));
  const DescriptorLimit none(0);
  auto message = ends.worker.receive();
  ASSERT_TRUE(message);
  EXPECT_TRUE(std::get<Incomplete>(**message).log);
}

TEST(Channel, SurvivesASnapshotThatItHasNoMemoryFor) {
  Ends ends = open_ends();
  {
    const DescriptorLimit none(0);
    const auto sent = ends.supervisor.send(ApplySnapshot{sample_snapshot(), {}});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, ErrorCode::kResourceExhausted);
  }
  ASSERT_TRUE(ends.supervisor.send(ApplySnapshot{sample_snapshot(), {}}));
  auto message = ends.worker.receive();
  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<ApplySnapshot>(**message).snapshot, sample_snapshot());
}

TEST(Channel, RefusesBytesThatAreNoFrame) {
  auto pair = Channel::open_pair();
  ASSERT_TRUE(pair);
  Channel worker(std::move(pair->second));
  ASSERT_EQ(::send(pair->first.get(), "\xff\xff\xff", 3, 0), 3);
  EXPECT_FALSE(worker.receive());
}

TEST(Channel, RefusesAFrameThatDoesNotFit) {
  auto pair = Channel::open_pair();
  ASSERT_TRUE(pair);
  Channel worker(std::move(pair->second));
  const std::string large(Frame::kSizeBytes + 1, 'x');
  ASSERT_GT(::send(pair->first.get(), large.data(), large.size(), 0), 0);
  EXPECT_FALSE(worker.receive());
  EXPECT_FALSE(send_frame(pair->first.get(), large, {}));
  EXPECT_FALSE(send_frame(pair->first.get(), "", {}));
}

TEST(Channel, RefusesToSendTooManyDescriptors) {
  auto pair = Channel::open_pair();
  ASSERT_TRUE(pair);
  std::vector<SharedFd> fds;
  for (std::size_t i = 0; i <= Frame::kDescriptors; ++i) fds.push_back(shared_fd());
  EXPECT_FALSE(send_frame(pair->first.get(), "x", fds));
  fds.pop_back();
  EXPECT_TRUE(send_frame(pair->first.get(), "x", fds));
}

class MessageAssemblerFaults : public testing::Test {
 protected:
  // The frames of an ApplySnapshot with this many sockets.
  std::vector<Frame> frames(std::size_t sockets) {
    ApplySnapshot message;
    message.snapshot = sample_snapshot();
    for (std::size_t i = 0; i < sockets; ++i) message.sockets.push_back({i, 0, shared_fd()});
    return std::move(*encode(std::move(message)));
  }
  static std::string bytes(const internal::v1::Frame& frame) { return frame.SerializeAsString(); }

  MessageAssembler assembler_;
};

TEST_F(MessageAssemblerFaults, RefusesASnapshotWithoutItsMemory) {
  Frame frame = std::move(frames(0)[0]);
  frame.fds.clear();
  EXPECT_FALSE(assembler_.add(std::move(frame)));
}

TEST_F(MessageAssemblerFaults, RefusesMemoryThatIsNotSealed) {
  Frame frame = std::move(frames(0)[0]);
  frame.fds[0] = shared_fd();
  EXPECT_FALSE(assembler_.add(std::move(frame)));
}

TEST_F(MessageAssemblerFaults, RefusesAMissingDescriptor) {
  Frame frame = std::move(frames(2)[0]);
  frame.fds.pop_back();
  EXPECT_FALSE(assembler_.add(std::move(frame)));
}

TEST_F(MessageAssemblerFaults, RefusesSocketsBeforeTheirSnapshot) {
  EXPECT_FALSE(assembler_.add(std::move(frames(300)[1])));
}

TEST_F(MessageAssemblerFaults, RefusesAnotherMessageBetweenTheFramesOfASnapshot) {
  ASSERT_FALSE(*assembler_.add(std::move(frames(300)[0])));
  EXPECT_FALSE(assembler_.add(std::move((*encode(Drained{}))[0])));
}

TEST_F(MessageAssemblerFaults, RefusesMoreSocketsThanAnnounced) {
  internal::v1::Frame body;
  body.mutable_apply_snapshot()->set_socket_count(0);
  body.mutable_apply_snapshot()->add_sockets()->set_id(1);
  Frame frame = std::move(frames(1)[0]);
  frame.bytes = bytes(body);
  EXPECT_FALSE(assembler_.add(std::move(frame)));
}

TEST_F(MessageAssemblerFaults, RefusesASocketOfAnImpossibleListener) {
  internal::v1::Frame body;
  body.mutable_apply_snapshot()->set_socket_count(1);
  body.mutable_apply_snapshot()->add_sockets()->set_listener_slot(limits::kListeners);
  Frame frame = std::move(frames(1)[0]);
  frame.bytes = bytes(body);
  EXPECT_FALSE(assembler_.add(std::move(frame)));
}

TEST_F(MessageAssemblerFaults, RefusesUnexpectedDescriptorsAndEmptyFrames) {
  Frame frame = std::move((*encode(Drained{}))[0]);
  frame.fds.push_back(shared_fd());
  EXPECT_FALSE(assembler_.add(std::move(frame)));
  EXPECT_FALSE(assembler_.add(Frame{}));
}

TEST_F(MessageAssemblerFaults, RefusesALogWithoutItsDescriptor) {
  Frame frame = std::move((*encode(UseLog{some_fd()}))[0]);
  frame.fds.clear();
  EXPECT_FALSE(assembler_.add(std::move(frame)));
}

TEST_F(MessageAssemblerFaults, RefusesANoticeWithoutAnAddress) {
  internal::v1::Frame body;
  body.mutable_backend_notice()->set_pool("p");
  Frame frame;
  frame.bytes = bytes(body);
  EXPECT_FALSE(assembler_.add(std::move(frame)));
}

}  // namespace
}  // namespace demo
