#include "net/socket_ops.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/accept_error.h"

namespace demo {
namespace {

IoResult outcome_of(ssize_t moved) {
  if (moved > 0) return {IoOutcome::kDone, static_cast<std::size_t>(moved)};
  if (moved == 0) return {IoOutcome::kEnd, 0};
  return {outcome_of_error(errno), 0};
}

}  // namespace

IoOutcome outcome_of_error(int error_number) {
  switch (error_number) {
    case EAGAIN:
      return IoOutcome::kAgain;
    case ECONNRESET:
    case EPIPE:
    case ETIMEDOUT:
    case ECONNABORTED:
    case ENOTCONN:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case ENONET:
    case EPROTO:
    // What ICMP said of the way when TCP gave up, tcp(7) and icmp(7).
    case ECONNREFUSED:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EMSGSIZE:
    case EACCES:
      return IoOutcome::kLost;
    default:
      return IoOutcome::kFailed;
  }
}
static_assert(EWOULDBLOCK == EAGAIN);

IoResult receive(int fd, std::span<char> into) {
  ssize_t got = 0;
  do {
    got = ::recv(fd, into.data(), into.size(), 0);
  } while (got < 0 && errno == EINTR);
  return outcome_of(got);
}

IoResult send_bytes(int fd, std::string_view bytes, More more) {
  const int flags = MSG_NOSIGNAL | (more == More::kYes ? MSG_MORE : 0);
  ssize_t sent = 0;
  do {
    sent = ::send(fd, bytes.data(), bytes.size(), flags);
  } while (sent < 0 && errno == EINTR);
  return outcome_of(sent);
}

IoResult send_file(int fd, int file, std::uint64_t offset, std::size_t count) {
  ssize_t sent = 0;
  do {
    auto position = static_cast<off_t>(offset);
    sent = ::sendfile(fd, file, &position, count);
  } while (sent < 0 && errno == EINTR);
  return outcome_of(sent);
}

void reset_when_closed(int fd) {
  const linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

Accepted accept_connection(int listening, bool want_peer) {
  unsigned spoilt = 0;
  for (;;) {
    sockaddr_storage peer;
    socklen_t size = sizeof peer;
    const int fd = want_peer ? ::accept4(listening, reinterpret_cast<sockaddr*>(&peer), &size,
                                         SOCK_NONBLOCK | SOCK_CLOEXEC)
                             : ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Accepted accepted{UniqueFd(fd), {}, 0};
      if (want_peer) accepted.peer = Address::from_sockaddr(reinterpret_cast<sockaddr*>(&peer), size);
      return accepted;
    }
    if (errno == EINTR) continue;
    if (!is_of_one_connection(errno) || ++spoilt == kSpoiltConnectionsMax) return {UniqueFd(), {}, errno};
  }
}

}  // namespace demo
