#include "proxy/client/client_peer.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cstring>

#include "balance/hashing.h"

namespace demo {
namespace {

socklen_t size_of_family(sa_family_t family) {
  return family == AF_INET ? sizeof(sockaddr_in) : family == AF_INET6 ? sizeof(sockaddr_in6) : 0;
}

}  // namespace

ClientPeer::ClientPeer(const Address* known) : known_(known != nullptr) {
  if (known == nullptr) return;
  const auto family = static_cast<sa_family_t>(known->family());
  std::memcpy(&storage_, known->sockaddr_ptr(), size_of_family(family));
}

void ClientPeer::resolve(int fd) {
  if (known_) return;
  known_ = true;
  sockaddr_storage found{};
  socklen_t size = sizeof found;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&found), &size) != 0) return;
  const Address peer = Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&found), size);
  const auto family = static_cast<sa_family_t>(peer.family());
  std::memcpy(&storage_, peer.sockaddr_ptr(), size_of_family(family));
}

std::string_view ClientPeer::host_text(int fd, Text& text) {
  resolve(fd);
  const bool v4 = storage_.sin6_family == AF_INET;
  if (!v4 && storage_.sin6_family != AF_INET6) return {};
  const void* host = v4 ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(storage_).sin_addr)
                        : &storage_.sin6_addr;
  return ::inet_ntop(storage_.sin6_family, host, text.data(), INET6_ADDRSTRLEN);
}

std::uint64_t ClientPeer::hash(int fd) {
  Text text;
  return hash_bytes(host_text(fd, text));
}

Address ClientPeer::address(int fd) {
  resolve(fd);
  const socklen_t size = size_of_family(storage_.sin6_family);
  return size == 0 ? Address() : Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&storage_), size);
}

}  // namespace demo
