#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "balance/balancer.h"
#include "base/limits.h"

namespace demo {

// Weights are handled in this scale, so that a small weight can be a fraction.
inline constexpr unsigned kWeightScale = 100;
static_assert(limits::kBackendWeight * kWeightScale <= kBalancerWeight);

// The weight in force, times kWeightScale, of a member that became usable at since_ns (monotonic; 0: long
// ago): it grows evenly from a tenth to the whole within ramp. Pure.
constexpr unsigned slow_start_weight(unsigned weight, std::chrono::milliseconds ramp, std::uint64_t since_ns,
                                     std::uint64_t now_ns) {
  const auto ramp_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(ramp).count());
  if (since_ns == 0 || ramp_ns == 0 || now_ns >= since_ns + ramp_ns) return weight * kWeightScale;
  const std::uint64_t elapsed_ns = now_ns > since_ns ? now_ns - since_ns : 0;
  const auto percent = static_cast<unsigned>(elapsed_ns / (ramp_ns / 100 + 1));
  const unsigned share = std::max(percent, 10U) * kWeightScale / 100;
  return weight * share;
}

}  // namespace demo
