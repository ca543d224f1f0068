#include "proxy/relay/peer_socket.h"

#include <sys/socket.h>

#include <cerrno>

namespace demo {

void PeerSocket::note_rare(std::uint32_t events) {
  const bool ended = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (ended) ended_ = true;
  if (ended || (events & EPOLLPRI) != 0) readable_ = short_of_end_ = true;
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) writable_ = gone_ = true;
}

void PeerSocket::take_urgent_bytes_inline() {
  const int one = 1;
  // A unix socket has none, and refuses.
  ::setsockopt(fd(), SOL_SOCKET, SO_OOBINLINE, &one, sizeof one);
}

IoOutcome PeerSocket::look() const {
  char byte = 0;
  const ssize_t got = ::recv(fd(), &byte, 1, MSG_PEEK);
  if (got >= 0) return got > 0 ? IoOutcome::kDone : IoOutcome::kEnd;
  return outcome_of_error(errno);
}

Address PeerSocket::local_address() const {
  sockaddr_storage found{};
  socklen_t size = sizeof found;
  if (::getsockname(fd(), reinterpret_cast<sockaddr*>(&found), &size) != 0) return {};
  return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&found), size);
}

}  // namespace demo
