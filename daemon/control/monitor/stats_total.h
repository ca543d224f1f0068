#pragma once

#include <cstdint>
#include <vector>

#include "supervisor/api/stats_sample.h"

namespace demo {

// All workers of a sample together, those that were taken away too, as stats.proto defines the total of each
// figure.
struct StatsTotal {
  WorkerFigures figures;
  std::vector<std::uint64_t> service_time, response_time;  // counts by Histogram bucket
};

StatsTotal total_of(const StatsSample& sample);

}  // namespace demo
