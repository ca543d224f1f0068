#pragma once

#include <cstdint>

#include "base/limits.h"
#include "stats/backend_figures.h"
#include "stats/histogram.h"
#include "stats/listener_figures.h"
#include "stats/worker_figures.h"

namespace demo {

// Everything one worker reports, in a memfd of its own: the worker writes, the supervisor (and, read-only,
// the other workers for least-connections) reads. The page outlives its worker. Zero-filled memory is a valid
// page.
struct StatsPage {
  static constexpr std::uint32_t kMagic = 0x64656d6f;  // "demo"
  // Of another list of figures it is another number.
  static constexpr std::uint32_t kLayout = figures_hash<WorkerFigures>(
      figures_hash<ListenerFigures>(figures_hash<BackendFigures>(limits::kBackendMembers)));

  std::uint32_t magic;
  std::uint32_t layout;
  alignas(64) WorkerStats worker;
  alignas(64) Histogram
      service_time;  // modes server and raw: from the wake-up with the request to its answer
  alignas(64) Histogram response_time;  // mode proxy: from the wake-up with the request to its response's end
  alignas(64) ListenerStats listeners[limits::kListeners];
  alignas(64) BackendStats backends[limits::kBackendMembers];
};

}  // namespace demo
