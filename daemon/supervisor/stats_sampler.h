#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "stats/stats_area.h"
#include "supervisor/stats_sample.h"

namespace demo {

// Where the figures of what the configuration names are to be found in the statistics area.
struct StatsLayout {
  struct WorkerEntry {
    unsigned index = 0;
    unsigned core = 0;
    bool alive = false;
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
// listener or backend that took over a slot begins at zero: what the slot counted before is its baseline.
class StatsSampler {
 public:
  explicit StatsSampler(const StatsArea& area) : area_(area) {}

  void set_layout(StatsLayout layout);
  // The slot has a new owner, whose figures begin now.
  void restart_listener(std::uint32_t slot);
  void restart_backend(std::uint32_t slot);

  StatsSample sample() const;

 private:
  ListenerFigures sum_listener(std::uint32_t slot) const;
  BackendFigures sum_backend(std::uint32_t slot) const;

  const StatsArea& area_;
  mutable std::mutex mutex_;
  StatsLayout layout_;
  // Pages below this index were written at some time; the counters of a worker that a resize took away still
  // count.
  unsigned pages_used_ = 0;
  std::map<std::uint32_t, ListenerFigures> listener_baselines_;
  std::map<std::uint32_t, BackendFigures> backend_baselines_;
};

}  // namespace demo
