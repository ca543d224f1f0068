#include "config/listen_overlap.h"

#include <netinet/in.h>

namespace demo {
namespace {

bool is_any(const Address& address) {
  if (address.family() == AF_INET) {
    return reinterpret_cast<const sockaddr_in*>(address.sockaddr_ptr())->sin_addr.s_addr == htonl(INADDR_ANY);
  }
  const auto* const in6 = reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr());
  return IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

}  // namespace

bool overlaps(const ListenClaim& one, const ListenClaim& other) {
  const Address& a = one.address;
  const Address& b = other.address;
  if (a.is_unix() || b.is_unix()) return a == b;
  if (a.port() != b.port()) return false;
  if (one.interface != 0 && other.interface != 0 && one.interface != other.interface) return false;
  if (a.family() == b.family()) return is_any(a) || is_any(b) || a.host() == b.host();
  const bool a_is_v6 = a.family() == AF_INET6;
  return is_any(a_is_v6 ? a : b) && !(a_is_v6 ? one.v6only : other.v6only);
}

}  // namespace demo
