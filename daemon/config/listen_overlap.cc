#include "config/listen_overlap.h"

#include <netinet/in.h>

#include <string>
#include <string_view>

namespace demo {
namespace {

Address canonical_unix(const Address& address) {
  const std::string text = address.to_string();
  std::string_view rest = std::string_view(text).substr(text.find('/'));
  std::string path;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (!part.empty() && part != ".") path += "/" + std::string(part);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  }
  const auto canonical = Address::parse("unix:" + path);
  return canonical ? *canonical : address;
}

bool is_any(const Address& address) {
  if (address.family() == AF_INET) {
    return reinterpret_cast<const sockaddr_in*>(address.sockaddr_ptr())->sin_addr.s_addr == htonl(INADDR_ANY);
  }
  const auto* const in6 = reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr());
  return IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

}  // namespace

Address listening_address(const Address& address) {
  return address.is_unix() ? canonical_unix(address) : address;
}

bool overlaps(const ListenClaim& one, const ListenClaim& other) {
  const Address a = listening_address(one.address);
  const Address b = listening_address(other.address);
  if (a.is_unix() || b.is_unix()) return a == b;
  if (a.port() != b.port()) return false;
  if (one.interface != 0 && other.interface != 0 && one.interface != other.interface) return false;
  if (a.family() == b.family()) return is_any(a) || is_any(b) || a.host() == b.host();
  const bool a_is_v6 = a.family() == AF_INET6;
  return is_any(a_is_v6 ? a : b) && !(a_is_v6 ? one.v6only : other.v6only);
}

}  // namespace demo
