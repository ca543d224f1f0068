#include "proxy/peer_socket.h"

#include <sys/socket.h>

#include <cerrno>

namespace demo {

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
