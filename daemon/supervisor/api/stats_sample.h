#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stats/backend_figures.h"
#include "stats/listener_figures.h"
#include "stats/worker_figures.h"

namespace demo {

struct WorkerSample {
  unsigned index = 0;
  unsigned core = 0;
  bool alive = false;
  WorkerFigures figures;
  // Counts by Histogram bucket, Histogram::kBuckets of them; as StatsPage says.
  std::vector<std::uint64_t> service_time = {};
  std::vector<std::uint64_t> response_time = {};
};

// Figures of one listener or backend member, summed over the workers.
struct ListenerSample {
  std::string address;
  ListenerFigures figures;
};

struct BackendSample {
  std::string pool;
  std::string endpoint;
  std::string address;
  BackendFigures figures;
};

// Figures of one backend at one moment, all its addresses together.
struct BackendStanding {
  std::uint64_t generation = 0;  // of what is named now
  bool there = false;            // false: nothing is named so, and all figures are 0
  BackendFigures figures;
};

// All figures at one moment (each read on its own: relations between them hold only roughly).
struct StatsSample {
  std::uint64_t monotonic_ns = 0;  // when it was taken; differences of two samples give rates
  std::uint64_t generation = 0;
  std::vector<WorkerSample> workers;
  // What workers counted that were taken away and have not come back: part of every total, gauges are zero.
  std::vector<WorkerSample> former;
  std::vector<ListenerSample> listeners;
  std::vector<BackendSample> backends;
};

}  // namespace demo
