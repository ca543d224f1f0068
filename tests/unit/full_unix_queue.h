#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "base/address.h"
#include "base/unique_fd.h"

namespace demo::test {

// A unix socket that listens and whose queue is full from the start: connect(2) gives EAGAIN.
class FullUnixQueue {
 public:
  FullUnixQueue() {
    ::unlink(path_.c_str());
    listening_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(listening_.get(), address_.sockaddr_ptr(), address_.sockaddr_size()), 0);
    EXPECT_EQ(::listen(listening_.get(), 0), 0);
    filler_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(filler_.get(), address_.sockaddr_ptr(), address_.sockaddr_size()), 0);
  }
  ~FullUnixQueue() { ::unlink(path_.c_str()); }
  FullUnixQueue(const FullUnixQueue&) = delete;
  FullUnixQueue& operator=(const FullUnixQueue&) = delete;

  const Address& address() const { return address_; }
  // The connection that waits longest; waits for it at most ten seconds.
  UniqueFd accept() {
    pollfd waiting{listening_.get(), POLLIN, 0};
    const bool came = ::poll(&waiting, 1, 10'000) == 1;
    EXPECT_TRUE(came);
    if (!came) return {};
    return UniqueFd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  // There is room for one connection from now on.
  void make_room() { accept(); }
  void stop_listening() { listening_.reset(); }

 private:
  const std::string path_ = testing::TempDir() + "full-queue-" + std::to_string(::getpid()) + ".sock";
  const Address address_ = *Address::parse("unix:" + path_);
  UniqueFd listening_;
  UniqueFd filler_;
};

}  // namespace demo::test
