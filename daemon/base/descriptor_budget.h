#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace demo {

// What the descriptors of a worker go to, by its limit of open files (getrlimit(2), RLIMIT_NOFILE): a
// reserve, its listening sockets and as many of another worker, whose queues it serves while that one is
// dead, and connections.
struct DescriptorBudget {
  std::uint64_t limit = 0;
  bool forwards = false;  // a connection takes a second descriptor for its backend

  // Client connections beside the listening sockets of so many listeners.
  constexpr std::uint64_t connections(std::size_t listeners) const { return connections(listeners, 0); }
  // The same with so many sockets, which may be more while some of them are on their way out.
  constexpr std::uint64_t connections(std::size_t listeners, std::size_t sockets) const {
    const std::uint64_t usable =
        limit > 2 * limits::kReservedDescriptors ? limit - limits::kReservedDescriptors : limit / 2;
    const std::uint64_t listening = std::min<std::uint64_t>(std::max(2 * listeners, sockets), usable);
    return (usable - listening) / (forwards ? 2 : 1);
  }
  // Listeners that leave room for limits::kLeastConnections.
  constexpr std::size_t most_listeners() const {
    const std::uint64_t room = connections(0);
    if (room < limits::kLeastConnections) return 0;
    return (room - limits::kLeastConnections) * (forwards ? 2 : 1) / 2;
  }
};

}  // namespace demo
