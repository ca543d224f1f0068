#pragma once

#include <cerrno>

namespace demo {

// Whether a call on a socket failed for what this host lacks: ports, descriptors, memory, room for
// descriptors that are under way (unix(7), ETOOMANYREFS), watches (epoll_ctl(2), ENOSPC). It says nothing
// about the peer.
constexpr bool is_shortage(int error_number) {
  return error_number == EADDRNOTAVAIL || error_number == EMFILE || error_number == ENFILE ||
         error_number == ENOBUFS || error_number == ENOMEM || error_number == ETOOMANYREFS ||
         error_number == ENOSPC;
}

}  // namespace demo
