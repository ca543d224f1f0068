#pragma once

#include <cstdint>
#include <vector>

#include "supervisor/stats_sample.h"

namespace demo {

// All workers of a sample together, as stats.proto defines the total of each figure.
struct StatsTotal {
  WorkerFigures figures;
  std::vector<std::uint64_t> service_time;  // counts by Histogram bucket
};

StatsTotal total_of(const std::vector<WorkerSample>& workers);

}  // namespace demo
