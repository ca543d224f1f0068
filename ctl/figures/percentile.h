#pragma once

#include <cstdint>
#include <optional>

#include "demo/control/v1/stats.pb.h"
#include "invocation/api.h"

namespace demo::ctl {

// What a histogram counted since an earlier one of the same worker (null: since the beginning). A bucket that
// went back, because the daemon started anew, counts from zero.
api::Histogram counted_since(const api::Histogram& now, const api::Histogram* before);

// The duration in nanoseconds that the share of all values does not exceed, 0 < share <= 1: the upper bound
// of its bucket, so never too small and at most 6.25 % too large. Nothing when nothing was counted.
std::optional<std::uint64_t> percentile(const api::Histogram& histogram, double share);

}  // namespace demo::ctl
