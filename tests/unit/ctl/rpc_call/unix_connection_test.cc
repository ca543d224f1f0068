#include "rpc_call/unix_connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>

namespace demo::ctl {
namespace {

using std::chrono::milliseconds;

// A unix socket that listens, with room for one connection, which is taken.
class UnixConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    ::unlink(path_.c_str());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(listening_, 0), 0);
    first_ = connect_unix(path_, milliseconds(1));
    ASSERT_GE(first_.fd, 0);
  }
  void TearDown() override {
    ::close(first_.fd);
    ::close(listening_);
    ::unlink(path_.c_str());
  }

  const std::string path_ = testing::TempDir() + "unix-connection-" + std::to_string(::getpid()) + ".sock";
  int listening_ = -1;
  UnixConnection first_;
};

TEST_F(UnixConnectionTest, SaysThatTheQueueStayedFull) {
  const UnixConnection none = connect_unix(path_, milliseconds(20));
  EXPECT_EQ(none.fd, -1);
  EXPECT_TRUE(none.full);
}

TEST_F(UnixConnectionTest, WaitsUntilThereIsRoom) {
  std::thread room([this] { ::close(::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)); });
  const UnixConnection made = connect_unix(path_, std::chrono::minutes(1));
  room.join();
  EXPECT_GE(made.fd, 0);
  ::close(made.fd);
}

TEST_F(UnixConnectionTest, TellsAFullQueueFromASocketThatNobodyServes) {
  ::shutdown(listening_, SHUT_RDWR);
  for (const std::string& path : {path_, std::string("/nowhere"), std::string(200, 'x')}) {
    const UnixConnection none = connect_unix(path, milliseconds(20));
    EXPECT_EQ(none.fd, -1) << path;
    EXPECT_FALSE(none.full) << path;
  }
}

}  // namespace
}  // namespace demo::ctl
