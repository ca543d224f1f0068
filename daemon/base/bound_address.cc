#include "base/bound_address.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

namespace demo {

std::optional<Address> bound_address(int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0) return std::nullopt;
  if (name.ss_family != AF_UNIX) return Address::from_sockaddr(reinterpret_cast<sockaddr*>(&name), size);
  auto address = Address::parse(std::string("unix:") + reinterpret_cast<sockaddr_un*>(&name)->sun_path);
  if (!address) return std::nullopt;
  return *address;
}

}  // namespace demo
