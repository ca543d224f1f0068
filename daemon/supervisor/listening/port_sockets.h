#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "config/listen_overlap.h"

namespace demo {

class SocketDiagnosis;

// A TCP socket of this network namespace, whoever's it is.
struct PortSocket {
  ListenClaim claim;
  std::uint64_t inode = 0;
  uid_t uid = 0;
};

// The listening sockets at one time for any number of ports, for which the kernel is asked once:
// SocketDiagnosis::listening_on().
class ListeningCensus {
 public:
  explicit ListeningCensus(SocketDiagnosis& diagnosis);
  std::optional<std::vector<PortSocket>> on(std::uint16_t port) const;

 private:
  bool told_ = false;  // by the kernel
  std::map<std::uint16_t, std::vector<PortSocket>> by_port_;
};

}  // namespace demo
