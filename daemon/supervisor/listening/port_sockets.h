#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "config/listen_overlap.h"

namespace demo {

// A listening TCP socket of this network namespace, whoever's it is.
struct PortSocket {
  ListenClaim claim;
  std::uint64_t inode = 0;
  uid_t uid = 0;
};

// The listening sockets on the port, of 0 those on all ports, as the kernel lists them: sock_diag(7). None
// when it does not (address families are restricted, or the kernel has no inet_diag). It walks over all of
// the host's for each call.
std::optional<std::vector<PortSocket>> listening_sockets(std::uint16_t port);

// The same at one time for any number of ports, for which the kernel is asked once.
class ListeningCensus {
 public:
  ListeningCensus();
  std::optional<std::vector<PortSocket>> on(std::uint16_t port) const;

 private:
  bool told_ = false;  // by the kernel
  std::map<std::uint16_t, std::vector<PortSocket>> by_port_;
};

// The ports with which clients are in the middle of their handshakes, or past them and waited for because of
// TCP_DEFER_ACCEPT. None when the kernel does not tell.
std::optional<std::set<std::uint16_t>> ports_with_open_handshakes();

}  // namespace demo
