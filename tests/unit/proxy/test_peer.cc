#include "test_peer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

namespace demo::test {
namespace {

constexpr int kPatienceMs = 10'000;

bool wait_readable(int fd, int patience_ms) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, patience_ms) == 1;
}

UniqueFd listen_on(const Address& address, int backlog = 512) {
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int one = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  EXPECT_EQ(::bind(fd.get(), address.sockaddr_ptr(), address.sockaddr_size()), 0);
  EXPECT_EQ(::listen(fd.get(), backlog), 0);
  return fd;
}

Address name_of(int fd) {
  sockaddr_storage found{};
  socklen_t size = sizeof found;
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&found), &size), 0);
  return Address::from_sockaddr(reinterpret_cast<sockaddr*>(&found), size);
}

}  // namespace

TestPeer::TestPeer(UniqueFd fd) : fd_(std::move(fd)) {
  const timeval patience{kPatienceMs / 1000, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

TestPeer TestPeer::connect(const Address& to) {
  UniqueFd fd(::socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(fd.get(), to.sockaddr_ptr(), to.sockaddr_size()), 0);
  return TestPeer(std::move(fd));
}

void TestPeer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::size_t TestPeer::send_some(std::string_view bytes) {
  const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

bool TestPeer::receive_more() {
  if (ended_) return false;
  if (!wait_readable(fd_.get(), kPatienceMs)) {
    ADD_FAILURE() << "nothing came; so far: " << pending_.substr(0, 200);
    return false;
  }
  char bytes[64 * 1024];
  const ssize_t got = ::recv(fd_.get(), bytes, sizeof bytes, 0);
  if (got > 0) {
    pending_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }
  ended_ = true;
  reset_ = got < 0 && errno == ECONNRESET;
  return false;
}

std::string TestPeer::read_until(std::string_view end) {
  std::size_t at = 0;
  while ((at = pending_.find(end)) == std::string::npos) {
    if (!receive_more()) return std::exchange(pending_, {});
  }
  return read_bytes(at + end.size());
}

std::string TestPeer::read_bytes(std::size_t count) {
  while (pending_.size() < count && receive_more()) {
  }
  std::string taken = pending_.substr(0, count);
  pending_.erase(0, taken.size());
  return taken;
}

std::string TestPeer::read_to_end() {
  while (receive_more()) {
  }
  return std::exchange(pending_, {});
}

std::string TestPeer::read_message() {
  std::string message = read_until("\r\n\r\n");
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = message.find(kName);
  if (at == std::string::npos) return message;
  std::size_t size = 0;
  std::from_chars(message.data() + at + kName.size(), message.data() + message.size(), size);
  return message + read_bytes(size);
}

std::string TestPeer::read_message_or_end() {
  if (pending_.empty() && !wait_readable(fd_.get(), 10 * kPatienceMs)) return {};
  return read_message();
}

bool TestPeer::wait_for_end() {
  while (receive_more()) pending_.clear();
  return ended_;
}

bool TestPeer::silent() const { return pending_.empty() && !wait_readable(fd_.get(), 0); }

void TestPeer::finish() { ::shutdown(fd_.get(), SHUT_WR); }

void TestPeer::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  fd_.reset();
}

void TestPeer::limit_receive_buffer(int bytes) {
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

Address TestPeer::local_address() const { return name_of(fd_.get()); }

TestBackend::TestBackend(const char* host)
    : fd_(listen_on(*Address::parse(fmt::format("{}:0", host)))), address_(name_of(fd_.get())) {}

TestPeer TestBackend::accept() {
  if (!wait_readable(fd_.get(), kPatienceMs)) ADD_FAILURE() << "no connection came";
  return TestPeer(UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
}

bool TestBackend::has_connection() const { return wait_readable(fd_.get(), 0); }

void TestBackend::reopen() { fd_ = listen_on(address_); }

BlackHole::BlackHole(const char* host)
    : fd_(listen_on(*Address::parse(fmt::format("{}:0", host)), 0)), address_(name_of(fd_.get())) {
  for (int i = 0; i < 8; ++i) {
    UniqueFd filler(::socket(address_.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(filler.get(), address_.sockaddr_ptr(), address_.sockaddr_size());
    fillers_.push_back(std::move(filler));
  }
}

void BlackHole::open() {
  fillers_.clear();
  while (wait_readable(fd_.get(), 0)) UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

}  // namespace demo::test
