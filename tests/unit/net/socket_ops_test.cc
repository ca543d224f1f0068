#include "net/socket_ops.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <array>
#include <cerrno>
#include <string>

#include "unit/net/client.h"

namespace demo {
namespace {

class SocketOpsTest : public ::testing::Test {
 protected:
  SocketOpsTest() : client_(server_.connect()), ours_(server_.accept()) {}
  LoopbackServer server_;
  Client client_;
  UniqueFd ours_;
  std::array<char, 64> space_{};
};

TEST_F(SocketOpsTest, ReceiveTellsBytesNothingEndAndFailureApart) {
  EXPECT_EQ(receive(ours_.get(), space_).outcome, IoOutcome::kAgain);
  client_.send("hello");
  const IoResult got = receive(ours_.get(), space_);
  EXPECT_EQ(got.outcome, IoOutcome::kDone);
  EXPECT_EQ(std::string_view(space_.data(), got.bytes), "hello");
  client_.finish_sending();
  EXPECT_EQ(receive(ours_.get(), space_).outcome, IoOutcome::kEnd);
  client_.abort_connection();
  const IoOutcome broken = send_bytes(ours_.get(), "x").outcome;
  EXPECT_EQ(broken, IoOutcome::kLost);
}

// Of all that the calls on a connected socket may fail with: recv(2), send(2), splice(2), sendfile(2).
TEST(OutcomeOfError, TellsThePeerAndTheWayFromThisHost) {
  EXPECT_EQ(outcome_of_error(EAGAIN), IoOutcome::kAgain);
  for (const int number : {ECONNRESET, EPIPE, ETIMEDOUT, ECONNABORTED, ENOTCONN, EHOSTUNREACH, ENETUNREACH,
                           EHOSTDOWN, ENETDOWN, ENONET, EPROTO, ECONNREFUSED, ENOPROTOOPT, EACCES}) {
    EXPECT_EQ(outcome_of_error(number), IoOutcome::kLost) << number;
  }
  for (const int number : {ENOMEM, ENOBUFS, EMFILE, ENFILE, ENOSPC, EIO, EBADF, EINVAL, EFAULT, EPERM}) {
    EXPECT_EQ(outcome_of_error(number), IoOutcome::kFailed) << number;
  }
}

TEST_F(SocketOpsTest, SendSaysHowMuchTheSocketTook) {
  const std::string large(64 << 20, 'x');
  const IoResult sent = send_bytes(ours_.get(), large);
  EXPECT_EQ(sent.outcome, IoOutcome::kDone);
  EXPECT_GT(sent.bytes, 0U);
  EXPECT_LT(sent.bytes, large.size());
  IoResult next = send_bytes(ours_.get(), large);
  for (int i = 0; i < 1000 && next.outcome == IoOutcome::kDone; ++i) next = send_bytes(ours_.get(), large);
  EXPECT_EQ(next.outcome, IoOutcome::kAgain);
  EXPECT_EQ(next.bytes, 0U);
}

TEST_F(SocketOpsTest, SendWithMoreIsSentAtTheLatestByClose) {
  ASSERT_EQ(send_bytes(ours_.get(), "response", More::kYes).bytes, 8U);
  ours_.reset();
  for (int i = 0; i < 1000 && client_.open(); ++i) {
  }
  EXPECT_EQ(client_.received(), "response");
}

TEST_F(SocketOpsTest, SendFileSendsTheNamedPart) {
  const UniqueFd file(::memfd_create("test", MFD_CLOEXEC));
  ASSERT_EQ(::write(file.get(), "0123456789", 10), 10);
  EXPECT_EQ(send_file(ours_.get(), file.get(), 3, 4).bytes, 4U);
  EXPECT_EQ(send_file(ours_.get(), file.get(), 10, 4).outcome, IoOutcome::kEnd);
  for (int i = 0; i < 1000 && client_.received().size() < 4; ++i) client_.read();
  EXPECT_EQ(client_.received(), "3456");
}

TEST_F(SocketOpsTest, AcceptTellsTheErrorWhenNothingIsThere) {
  const Accepted none = accept_connection(server_.fd(), true);
  EXPECT_FALSE(none.fd);
  EXPECT_EQ(none.error_number, EAGAIN);
}

TEST_F(SocketOpsTest, AcceptPassesOverConnectionsThatDied) {
  // A connection that was reset in the queue is accepted or passed over, but never an error of the socket.
  Client dead = server_.connect();
  dead.abort_connection();
  Client living = server_.connect();
  int accepted = 0;
  for (int i = 0; i < 1000 && accepted < 2; ++i) {
    const Accepted next = accept_connection(server_.fd(), false);
    if (!next.fd) {
      EXPECT_EQ(next.error_number, EAGAIN);
      break;
    }
    ++accepted;
  }
  EXPECT_GE(accepted, 1);
}

}  // namespace
}  // namespace demo
