#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <optional>
#include <string>

#include "base/unique_fd.h"
#include "unit/temporary_folder.h"

namespace demo {

// Stands for the service manager as long as it lives: NOTIFY_SOCKET, read when the test wants.
class NotifySocket {
 public:
  struct Message {
    std::string text;
    UniqueFd fd;  // that it brought, if any
  };

  NotifySocket() {
    const std::string path = folder_.file("notify");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifySocket() { ::unsetenv("NOTIFY_SOCKET"); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // Nothing when none waits.
  std::optional<Message> next() const {
    char text[4096];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    iovec part{text, sizeof text};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t size = ::recvmsg(socket_.get(), &header, MSG_CMSG_CLOEXEC);
    if (size < 0) return std::nullopt;
    Message message{std::string(text, static_cast<std::size_t>(size)), {}};
    if (const cmsghdr* const passed = CMSG_FIRSTHDR(&header); passed != nullptr) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(passed), sizeof fd);
      message.fd.reset(fd);
    }
    return message;
  }

 private:
  TemporaryFolder folder_;
  UniqueFd socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
};

}  // namespace demo
