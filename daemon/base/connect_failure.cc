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

}  // namespace demo
