#include "supervisor/handover/notify_barrier.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/io_context.hpp>
#include <cstring>
#include <string>

#include "base/unique_fd.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

// Stands for the service manager, which reads when the test wants.
class NotifyBarrierTest : public testing::Test {
 protected:
  NotifyBarrierTest() {
    const std::string path = folder_.file("notify");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    manager_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(manager_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifyBarrierTest() override { ::unsetenv("NOTIFY_SOCKET"); }

  // The descriptor of the next message, which is one.
  UniqueFd read_barrier() {
    char text[64];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    iovec part{text, sizeof text};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t size = ::recvmsg(manager_.get(), &header, MSG_CMSG_CLOEXEC);
    const cmsghdr* const passed = size < 0 ? nullptr : CMSG_FIRSTHDR(&header);
    if (passed == nullptr) return {};
    EXPECT_EQ(std::string(text, static_cast<std::size_t>(size)), "BARRIER=1");
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(passed), sizeof fd);
    return UniqueFd(fd);
  }
  void turn() {
    loop_.restart();
    loop_.poll();
  }

  boost::asio::io_context loop_;
  int passed_ = 0;

 private:
  TemporaryFolder folder_;
  UniqueFd manager_;
};

TEST_F(NotifyBarrierTest, PassesWhenTheManagerHasClosedWhatItGot) {
  SystemdSocket manager;
  NotifyBarrier barrier(loop_, manager, [this] { ++passed_; });
  EXPECT_FALSE(barrier.pending());
  ASSERT_TRUE(barrier.begin());
  turn();
  EXPECT_TRUE(barrier.pending());
  UniqueFd theirs = read_barrier();
  ASSERT_TRUE(theirs);
  turn();
  EXPECT_TRUE(barrier.pending());
  theirs.reset();
  turn();
  EXPECT_FALSE(barrier.pending());
  EXPECT_EQ(passed_, 1);
}

TEST_F(NotifyBarrierTest, LaterOneTakesThePlaceOfTheOneBefore) {
  SystemdSocket manager;
  NotifyBarrier barrier(loop_, manager, [this] { ++passed_; });
  ASSERT_TRUE(barrier.begin());
  ASSERT_TRUE(barrier.begin());
  read_barrier().reset();
  turn();
  EXPECT_TRUE(barrier.pending());
  EXPECT_EQ(passed_, 0);
  read_barrier().reset();
  turn();
  EXPECT_FALSE(barrier.pending());
  EXPECT_EQ(passed_, 1);
}

TEST_F(NotifyBarrierTest, BeginsNoneWhereTheManagerHasNoRoom) {
  SystemdSocket manager;
  NotifyBarrier barrier(loop_, manager, [this] { ++passed_; });
  while (barrier.begin()) {
  }
  EXPECT_TRUE(barrier.pending()) << "the last one that it took";
  EXPECT_TRUE(read_barrier());
}

}  // namespace
}  // namespace demo
