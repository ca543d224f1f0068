#pragma once

#include <cerrno>

namespace demo {

// Whether an errno of accept4(2) is about the connection that was next, not about this host or the listening
// socket: another one may be fine. accept(2): errors that were pending on it ("Error handling", EPROTO and so
// on), one that left meanwhile (ECONNABORTED), one that firewall rules forbid (EPERM), and what protocols may
// give besides (ETIMEDOUT, ESOCKTNOSUPPORT, EPROTONOSUPPORT).
constexpr bool is_of_one_connection(int error_number) {
  switch (error_number) {
    case ECONNABORTED:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPERM:
    case EPROTO:
    case EPROTONOSUPPORT:
    case ESOCKTNOSUPPORT:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

// So many of these in a row are no accident: something, such as a security module, forbids every connection,
// and may leave them in the queue. Only time helps then.
inline constexpr unsigned kSpoiltConnectionsMax = 64;

}  // namespace demo
