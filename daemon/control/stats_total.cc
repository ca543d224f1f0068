#include "control/stats_total.h"

#include <algorithm>

#include "control/figure_list.h"

namespace demo {
namespace {

void add(StatsTotal& total, const WorkerSample& worker) {
  WorkerFigures sum = total.figures;
  for (const auto member : FigureList<WorkerFigures>::kMembers) sum.*member += worker.figures.*member;
  sum.events_min = least_events(total.figures.events_min, worker.figures.events_min);
  sum.events_max = std::max(total.figures.events_max, worker.figures.events_max);
  sum.events_last = 0;
  total.figures = sum;
  total.service_time.resize(std::max(total.service_time.size(), worker.service_time.size()));
  std::transform(worker.service_time.begin(), worker.service_time.end(), total.service_time.begin(),
                 total.service_time.begin(), std::plus<>());
}

}  // namespace

StatsTotal total_of(const StatsSample& sample) {
  StatsTotal total;
  std::uint64_t generation = UINT64_MAX;
  for (const auto* workers : {&sample.workers, &sample.former}) {
    for (const WorkerSample& worker : *workers) {
      if (worker.alive) generation = std::min(generation, worker.figures.generation);
      add(total, worker);
    }
  }
  total.figures.generation = generation == UINT64_MAX ? 0 : generation;
  return total;
}

}  // namespace demo
