#pragma once

#include <algorithm>
#include <cstdint>

#include "base/limits.h"

namespace demo {

// How many frames that bring nothing on a user may send on the control sockets. Shared by the user's
// connections, so that to connect again earns none. Not thread-safe.
class FrameBudget {
 public:
  // False: too many. now_ns: on the monotonic clock.
  bool take(std::uint64_t now_ns) {
    const std::uint64_t paid = std::max(paid_ns_, now_ns) + kCostNs;
    if (paid - now_ns > limits::kControlIdleFrames * kCostNs) return false;
    paid_ns_ = paid;
    return true;
  }

 private:
  static constexpr std::uint64_t kCostNs = 1'000'000'000 / limits::kControlIdleFramesPerSecond;

  std::uint64_t paid_ns_ = 0;  // when all that was taken has been refilled
};

}  // namespace demo
