#pragma once

#include <array>
#include <cstdint>

#include "base/fnv_hash.h"
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
  // Where things are in a page, beside the names of its figures.
  using Shape = std::array<std::uint64_t, 8>;
  static constexpr Shape kShape = {limits::kListeners,     limits::kBackendMembers, sizeof(WorkerStats),
                                   sizeof(ListenerStats),  sizeof(BackendStats),    Histogram::kBuckets,
                                   Histogram::kSubBuckets, sizeof(Histogram)};
  // Of another list of figures, or of another shape, it is another number.
  static constexpr std::uint32_t layout_of(const Shape& shape) {
    std::uint64_t hash =
        figures_hash<WorkerFigures>(figures_hash<ListenerFigures>(figures_hash<BackendFigures>(kFnvStart)));
    for (const std::uint64_t number : shape) hash = fnv_hash(number, hash);
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
  }

  std::uint32_t magic;
  std::uint32_t layout;
  alignas(64) WorkerStats worker;
  alignas(64) Histogram
      service_time;  // modes server and raw: from the wake-up with the request to its answer
  alignas(64) Histogram response_time;  // mode proxy: from the wake-up with the request to its response's end
  alignas(64) ListenerStats listeners[limits::kListeners];
  alignas(64) BackendStats backends[limits::kBackendMembers];
};

// What a page of this build says in `layout`.
inline constexpr std::uint32_t kStatsLayout = StatsPage::layout_of(StatsPage::kShape);

}  // namespace demo
