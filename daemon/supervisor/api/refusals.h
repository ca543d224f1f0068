#pragma once

#include <cstdint>

namespace demo {

// Requests (tcp mode: connections) that one backend address, or several, turned away at max-connections
// within the last ten seconds.
struct QueueRefusals {
  std::uint64_t full = 0;      // at once: no room in the pool's queue
  std::uint64_t timeouts = 0;  // after the pool's queue time-out

  std::uint64_t all() const { return full + timeouts; }
};

}  // namespace demo
