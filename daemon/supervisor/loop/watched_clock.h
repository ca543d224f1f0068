#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/watched_time.h"

namespace demo {

// Monotonic time without that in which nobody looked at it (base/watched_time.h); never 0. To be read once a
// second at least.
class WatchedClock {
 public:
  std::uint64_t now_ns() { return began_ns_ + watched_.look(monotonic_ns()); }

 private:
  const std::uint64_t began_ns_ = monotonic_ns();
  WatchedTime watched_;
};

}  // namespace demo
