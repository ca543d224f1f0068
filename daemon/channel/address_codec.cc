#include "channel/address_codec.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

namespace demo {
namespace {

constexpr bool size_fits(sa_family_t family, std::size_t size) {
  switch (family) {
    case AF_INET:
      return size == sizeof(sockaddr_in);
    case AF_INET6:
      return size == sizeof(sockaddr_in6);
    case AF_UNIX:
      return size > offsetof(sockaddr_un, sun_path) && size <= sizeof(sockaddr_un);
    default:
      return false;
  }
}

}  // namespace

std::string encode_address(const Address& address) {
  return {reinterpret_cast<const char*>(address.sockaddr_ptr()), address.sockaddr_size()};
}

Result<Address> decode_address(std::string_view bytes) {
  sa_family_t family = AF_UNSPEC;
  if (bytes.size() >= sizeof family) std::memcpy(&family, bytes.data(), sizeof family);
  const auto malformed = [] { return invalid("address", "", "channel: an address is malformed"); };
  if (!size_fits(family, bytes.size())) return malformed();
  Address address = Address::from_sockaddr(reinterpret_cast<const sockaddr*>(bytes.data()),
                                           static_cast<socklen_t>(bytes.size()));
  // Every address has one form.
  if (encode_address(address) != bytes) return malformed();
  return address;
}

}  // namespace demo
