#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "base/unique_fd.h"

namespace demo {

// The other end of a connection under test: never blocks, keeps what it received.
class Client {
 public:
  Client() = default;
  explicit Client(UniqueFd fd) : fd_(std::move(fd)) {}

  int fd() const { return fd_.get(); }

  // As much as the socket takes; how much that was.
  std::size_t send_some(std::string_view bytes) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  // Everything; aborts when the socket is full.
  void send(std::string_view bytes) {
    if (send_some(bytes) != bytes.size()) std::abort();
  }

  // Reads what is there, at most max bytes.
  void read(std::size_t max = SIZE_MAX) {
    char chunk[65536];
    while (max > 0 && !ended_ && !reset_) {
      const ssize_t got = ::recv(fd_.get(), chunk, std::min(max, sizeof chunk), MSG_DONTWAIT);
      if (got > 0) {
        received_.append(chunk, static_cast<std::size_t>(got));
        max -= static_cast<std::size_t>(got);
      } else if (got == 0) {
        ended_ = true;
      } else if (errno != EINTR) {
        reset_ = errno != EAGAIN;
        return;
      }
    }
  }

  std::string& received() { return received_; }
  // The peer closed in order.
  bool ended() {
    read();
    return ended_;
  }
  // The peer reset the connection.
  bool reset() {
    read();
    return reset_;
  }
  bool open() {
    read();
    return !ended_ && !reset_;
  }
  void finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }
  // Ends the connection with a reset instead of a FIN.
  void abort_connection() {
    const linger now{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    fd_.reset();
  }
  void close() { fd_.reset(); }

 private:
  UniqueFd fd_;
  std::string received_;
  bool ended_ = false;
  bool reset_ = false;
};

// A listening socket on a loopback port of the kernel's choice.
class LoopbackServer {
 public:
  explicit LoopbackServer(int backlog = 128) : fd_(new_socket(SOCK_NONBLOCK)) {
    sockaddr_in address = loopback(0);
    if (::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
    if (::listen(fd_.get(), backlog) != 0) std::abort();
    socklen_t size = sizeof address;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }

  int fd() const { return fd_.get(); }
  UniqueFd copy() const { return UniqueFd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0)); }
  // Options of a client that must be set before connect(2): 0 keeps the kernel's.
  Client connect(int receive_buffer_bytes = 0) const {
    UniqueFd fd = new_socket(0);
    if (receive_buffer_bytes > 0) {
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    }
    const sockaddr_in address = loopback(port_);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
    const int one = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return Client(std::move(fd));
  }
  UniqueFd accept() const {
    UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) std::abort();
    return fd;
  }

 private:
  static UniqueFd new_socket(int flags) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
    if (!fd) std::abort();
    return fd;
  }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  UniqueFd fd_;
  std::uint16_t port_ = 0;
};

}  // namespace demo
