#include "rpc_call/unix_connection.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace demo::ctl {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

// socket(7), SO_SNDTIMEO: connect(2) of a unix socket waits so long for room. 0 would be for ever.
void set_patience(int fd, steady_clock::duration left) {
  const auto us = std::max<std::int64_t>(std::chrono::duration_cast<microseconds>(left).count(), 1'000);
  const timeval time{us / 1'000'000, us % 1'000'000};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

}  // namespace

UnixConnection connect_unix(const std::string& path, std::chrono::milliseconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return {};
  const auto until = steady_clock::now() + patience;
  int error = EINTR;
  while (error == EINTR) {
    set_patience(fd, until - steady_clock::now());
    error = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
    if (error == EINTR && steady_clock::now() >= until) error = EAGAIN;
  }
  if (error == 0 && ::fcntl(fd, F_SETFL, O_NONBLOCK) == 0) return {fd, false};
  ::close(fd);
  return {-1, error == EAGAIN};
}

}  // namespace demo::ctl
