#pragma once

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "base/address.h"

namespace demo {

// Who is at the other end of a client connection, in little memory: an IP address with its port, or nobody
// with an address (a unix socket). Asked of the kernel only when somebody wants to know.
class ClientPeer {
 public:
  // What accept(2) or a PROXY header said; null: to be asked when needed.
  explicit ClientPeer(const Address* known);

  // The IP address without its port; empty for a unix socket. Written to memory of the caller.
  using Text = std::array<char, INET6_ADDRSTRLEN>;
  std::string_view host_text(int fd, Text& text);
  // Hash of the IP address without its port, for source-hash.
  std::uint64_t hash(int fd);
  Address address(int fd);
  // Whether somebody said or asked who it is.
  bool known() const { return known_; }

 private:
  void resolve(int fd);

  bool known_ = false;
  sockaddr_in6 storage_{};  // or a sockaddr_in; family 0: has no address
};

}  // namespace demo
