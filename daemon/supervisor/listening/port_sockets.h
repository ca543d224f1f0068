#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "config/listen_overlap.h"

namespace demo {

// A listening TCP socket of this network namespace, whoever's it is.
struct PortSocket {
  ListenClaim claim;
  std::uint64_t inode = 0;
  uid_t uid = 0;
};

// The listening sockets on the port, as the kernel lists them: sock_diag(7). None when it does not (address
// families are restricted, or the kernel has no inet_diag).
std::optional<std::vector<PortSocket>> listening_sockets(std::uint16_t port);

// Whether a client is in the middle of its handshake with the port, or past it and waited for because of
// TCP_DEFER_ACCEPT. True when the kernel does not tell.
bool has_open_handshake(std::uint16_t port);

}  // namespace demo
