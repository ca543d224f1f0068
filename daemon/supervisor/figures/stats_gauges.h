#pragma once

#include <cstdint>

#include "stats/stats_area.h"

namespace demo {

// Sets what says how things are now to zero in the page of a worker process that is dead; what it counted
// stays, and requests that were in flight count as lost. Returns how many client connections were open.
std::uint64_t zero_gauges(StatsArea& area, unsigned index);

}  // namespace demo
