#include "control/stats_total.h"

#include <algorithm>

#include "control/figure_list.h"

namespace demo {

StatsTotal total_of(const std::vector<WorkerSample>& workers) {
  StatsTotal total;
  std::uint64_t generation = UINT64_MAX;
  for (const WorkerSample& worker : workers) {
    WorkerFigures sum = total.figures;
    for (const auto member : FigureList<WorkerFigures>::kMembers) sum.*member += worker.figures.*member;
    const std::uint64_t least = worker.figures.events_min;
    const std::uint64_t before = total.figures.events_min;
    sum.events_min =
        before == 0 || least == 0 ? before + least : std::min(before, least);  // 0: no such poll yet
    sum.events_max = std::max(total.figures.events_max, worker.figures.events_max);
    sum.events_last = 0;
    if (worker.alive) generation = std::min(generation, worker.figures.generation);
    total.figures = sum;
    total.service_time.resize(std::max(total.service_time.size(), worker.service_time.size()));
    std::transform(worker.service_time.begin(), worker.service_time.end(), total.service_time.begin(),
                   total.service_time.begin(), std::plus<>());
  }
  total.figures.generation = generation == UINT64_MAX ? 0 : generation;
  return total;
}

}  // namespace demo
