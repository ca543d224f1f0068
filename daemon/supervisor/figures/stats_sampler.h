#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "stats/stats_area.h"
#include "supervisor/api/stats_sample.h"

namespace demo {

// Where the figures of what the configuration names are to be found in the statistics area.
struct StatsLayout {
  // A process of a worker. Those of one worker stand together, and the last of them says what is now.
  struct WorkerEntry {
    unsigned index = 0;
    unsigned core = 0;
    bool alive = false;
    unsigned page = 0;
  };
  struct ListenerEntry {
    std::string address;
    std::uint32_t slot = 0;
  };
  struct BackendEntry {
    std::string pool;
    std::string endpoint;
    std::string address;
    std::uint32_t slot = 0;
  };
  std::uint64_t generation = 0;
  std::vector<WorkerEntry> workers;
  std::vector<ListenerEntry> listeners;
  std::vector<BackendEntry> backends;
};

// Reads the statistics pages of all workers into samples. Thread-safe; borrows the area, which outlives it. A
// listener or backend that took over a slot begins at zero: what the slot counted before is left out.
// What a worker's earlier processes counted stays in its figures, and a worker that was taken away in the
// sample, so that no sum ever falls. All of that is kept in the area: over an adopted one it goes on where
// the sampler of the earlier supervisor stopped, whenever that was.
class StatsSampler {
 public:
  explicit StatsSampler(StatsArea& area) : area_(area), kept_(area.kept()) {}

  // Names every page that something was counted in since it was cleared.
  void set_layout(StatsLayout layout);
  // The process that wrote the page is gone for good, its gauges are zero: what it counted is kept, and taken
  // out of the page, which is not read any more. Of a page that was retired before, also by a supervisor that
  // was killed at it, it keeps what is left. index: of the worker, below limits::kWorkers.
  void retire_page(unsigned index, unsigned page);
  // The slot has a new owner, whose figures begin now: it counts from what the pages of the layout show.
  void restart_listener(std::uint32_t slot);
  void restart_backend(std::uint32_t slot);

  StatsSample sample() const;
  // Whether connections (of a backend: or requests) count at the place now.
  bool counts_in_listener(std::uint32_t slot) const;
  bool counts_in_backend(std::uint32_t slot) const;
  // Of all addresses of a backend, and nothing else.
  BackendStanding standing(std::string_view pool, std::string_view endpoint) const;
  // Of the backend address at the place alone.
  BackendFigures backend(std::uint32_t slot) const;
  // Requests of the listener at the place that had passed its pool before.
  std::uint64_t loops(std::uint32_t slot) const;
  // WorkerStats of all workers, those that are gone too.
  std::uint64_t accept_errors() const;
  // Whether a worker pauses accepting at the limit of connections.
  bool any_at_limit() const;
  // Workers that hold it ejected, those that drain aside.
  unsigned ejected_by(std::uint32_t slot) const;

 private:
  WorkerSample begin_row(unsigned index) const;
  std::vector<WorkerSample> worker_rows() const;
  std::vector<WorkerSample> former_rows(const std::vector<WorkerSample>& present) const;
  ListenerFigures figures_of_listener(std::uint32_t slot) const;
  BackendFigures figures_of_backend(std::uint32_t slot) const;

  StatsArea& area_;
  KeptFigures& kept_;
  mutable std::mutex mutex_;
  StatsLayout layout_;
};

}  // namespace demo
