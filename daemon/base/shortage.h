#pragma once

#include <cerrno>

namespace demo {

// Whether a call on a socket failed for what this host lacks: descriptors, memory, room for descriptors that
// are under way (unix(7), ETOOMANYREFS), watches (epoll_ctl(2), ENOSPC). It says nothing about the peer. What
// connect(2) may lack besides: connect_failure().
constexpr bool is_shortage(int error_number) {
  return error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS ||
         error_number == ENOMEM || error_number == ETOOMANYREFS || error_number == ENOSPC;
}

}  // namespace demo
