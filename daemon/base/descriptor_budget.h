#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace demo {

// What the descriptors of a worker go to, by its limit of open files (getrlimit(2), RLIMIT_NOFILE): a reserve,
// its listening sockets and as many of another worker, whose queues it serves while that one is dead, and
// connections.
struct DescriptorBudget {
  std::uint64_t limit = 0;
  bool forwards = false;  // a connection takes a second descriptor for its backend

  // Client connections beside so many listening sockets.
  constexpr std::uint64_t connections(std::size_t listening) const {
    const std::uint64_t usable =
        limit > 2 * limits::kReservedDescriptors ? limit - limits::kReservedDescriptors : limit / 2;
    const std::uint64_t sockets = std::min<std::uint64_t>(2 * listening, usable);
    return (usable - sockets) / (forwards ? 2 : 1);
  }
  // Listening sockets that leave room for limits::kLeastConnections.
  constexpr std::size_t most_listening() const {
    const std::uint64_t room = connections(0);
    if (room < limits::kLeastConnections) return 0;
    return (room - limits::kLeastConnections) * (forwards ? 2 : 1) / 2;
  }
};

}  // namespace demo
