#include "control/monitor/stats_total.h"

#include <algorithm>

namespace demo {
namespace {

void add(std::vector<std::uint64_t>& total, const std::vector<std::uint64_t>& counts) {
  total.resize(std::max(total.size(), counts.size()));
  std::transform(counts.begin(), counts.end(), total.begin(), total.begin(), std::plus<>());
}

void add(StatsTotal& total, const WorkerSample& worker) {
  // What is said of the latest process means nothing of several workers.
  add_figures(total.figures, worker.figures, [](FigureKind kind) { return kind != FigureKind::kLatest; });
  add(total.service_time, worker.service_time);
  add(total.response_time, worker.response_time);
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
