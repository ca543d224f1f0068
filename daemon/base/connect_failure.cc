#include "base/connect_failure.h"

#include <sys/socket.h>

#include <cerrno>

#include "base/shortage.h"
#include "base/unique_fd.h"

namespace demo {
namespace {

// A datagram socket takes no port of TCP and looks for the same source address: it fails in the same way when
// this host has none for the peer, such as one of IPv6 where that is disabled.
bool has_source_address(const Address& peer) {
  const UniqueFd fd(::socket(peer.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return !fd || ::connect(fd.get(), peer.sockaddr_ptr(), peer.sockaddr_size()) == 0 || errno != EADDRNOTAVAIL;
}

}  // namespace

ConnectFailure connect_failure(int error_number, const Address& peer) {
  if (is_shortage(error_number)) return ConnectFailure::kShortage;
  if (error_number == EADDRNOTAVAIL && has_source_address(peer)) return ConnectFailure::kShortage;
  if (error_number == EAGAIN) return peer.is_unix() ? ConnectFailure::kQueueFull : ConnectFailure::kShortage;
  return ConnectFailure::kPeer;
}

ConnectTrouble connect_trouble(int error_number) {
  switch (error_number) {
    case ECONNREFUSED:
      return {"it refused connections", "the backend refused the connection"};
    case ECONNRESET:
    case EPROTO:
      return {"it reset connections as they were made", "the backend reset the connection as it was made"};
    case ETIMEDOUT:
      return {"connecting timed out", "connecting to the backend timed out"};
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
      return {"this host has no route to it", "the proxy's host has no route to the backend"};
    case EACCES:
    case EPERM:
      return {"this host forbids connections to it", "the proxy's host forbids connections to the backend"};
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
      return {"its socket is not there", "the backend's socket is not there"};
    default:
      return {"it cannot be connected to", "the backend cannot be connected to"};
  }
}

}  // namespace demo
