#pragma once

#include <array>
#include <cstdint>

#include "base/limits.h"
#include "stats/backend_figures.h"
#include "stats/histogram.h"
#include "stats/listener_figures.h"
#include "stats/worker_figures.h"

namespace demo {

// What the supervisor keeps of processes that are gone, behind the pages of the statistics area: the next
// supervisor process goes on with it. Plain numbers, since one process alone reads and writes them.
// Zero-filled memory says that nothing is kept. Untouched parts cost no memory; reading one allocates it, so
// read only what is marked as used.
struct KeptFigures {
  // All gone processes of one worker together. Gauges are 0.
  struct Worker {
    WorkerFigures figures;
    std::array<std::uint64_t, Histogram::kBuckets> service_time;
    std::array<std::uint64_t, Histogram::kBuckets> response_time;
  };

  std::uint32_t listeners_used;  // slots from here on were never written
  std::uint32_t backends_used;
  std::array<std::uint8_t, limits::kWorkers> workers_used;  // by index: 1 where something is kept
  std::array<Worker, limits::kWorkers> workers;             // by index
  // By slot: what processes counted that are gone, less what was counted before the slot had its owner
  // (modulo 2^64). Gauges are 0.
  std::array<ListenerFigures, limits::kListeners> listeners;
  std::array<BackendFigures, limits::kBackendMembers> backends;
};

}  // namespace demo
