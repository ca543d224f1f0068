#pragma once

#include <cstdint>
#include <map>
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
// sample, so that no sum ever falls.
class StatsSampler {
 public:
  explicit StatsSampler(const StatsArea& area) : area_(area) {}

  void set_layout(StatsLayout layout);
  // The process that wrote the page is gone for good, its gauges are zero: what it counted is kept, and the
  // page is not read any more.
  void retire_page(unsigned index, unsigned page);
  // The slot has a new owner, whose figures begin now.
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
  // What processes counted that are gone, of one worker.
  struct Past {
    WorkerFigures figures;
    std::vector<std::uint64_t> service_time, response_time;
  };

  WorkerSample begin_row(unsigned index) const;
  std::vector<WorkerSample> worker_rows() const;
  std::vector<WorkerSample> former_rows(const std::vector<WorkerSample>& present) const;
  ListenerFigures figures_of_listener(std::uint32_t slot) const;
  BackendFigures figures_of_backend(std::uint32_t slot) const;

  const StatsArea& area_;
  mutable std::mutex mutex_;
  StatsLayout layout_;
  std::map<unsigned, Past> past_workers_;  // by index
  // By slot, none of those behind the end: what processes counted that are gone, less what was counted before
  // the slot had its owner (modulo 2^64). Gauges are 0.
  std::vector<ListenerFigures> listener_offsets_;
  std::vector<BackendFigures> backend_offsets_;
};

}  // namespace demo
