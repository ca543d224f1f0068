#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "config/snapshot.h"
#include "supervisor/api/refusals.h"
#include "supervisor/api/stats_sample.h"
#include "supervisor/figures/recent_count.h"

namespace demo {

// What was refused within the last ten seconds, by looks at the figures once a second. Owned by the
// supervisor, on its loop.
class RefusalTable {
 public:
  // Where the figures are read, by place in the statistics.
  struct Source {
    std::function<BackendFigures(std::uint32_t slot)> backend;
    std::function<std::uint64_t(std::uint32_t slot)> loops;  // of a listener
    std::function<std::uint64_t()> accept_errors;            // of all workers
    std::function<bool()> clients_wait;                      // at the limit of client connections
  };

  // One look at everything that the snapshot names. What it does not name is forgotten, and begins anew, with
  // the figures that it has then, when it is named again.
  void look(std::uint64_t now_ns, const Snapshot& snapshot, const Source& source);
  // The place of a backend address has a new owner.
  void forget_backend(std::uint32_t slot);
  void forget_listener(std::uint32_t slot);

  // All zero for a slot that was never looked at.
  QueueRefusals of_backend(std::uint32_t slot) const;
  // Requests of the listener that had passed its pool before.
  std::uint64_t loops_of(std::uint32_t slot) const;
  std::uint64_t accept_errors() const { return accept_errors_.get(); }
  bool clients_waited() const { return waits_.get() > 0; }

 private:
  struct BackendPlace {
    std::uint64_t looks = 0;  // looks_ of the last one that named it
    RecentCount full;
    RecentCount timeouts;
  };
  struct ListenerPlace {
    std::uint64_t looks = 0;
    RecentCount loops;
  };

  std::vector<BackendPlace> backends_;    // by slot
  std::vector<ListenerPlace> listeners_;  // by slot
  std::uint64_t looks_ = 0;
  RecentCount accept_errors_;
  RecentCount waits_;  // looks that saw clients wait
  std::uint64_t waiting_looks_ = 0;
  std::uint64_t limit_ = 0;  // of client connections at the last look
};

}  // namespace demo
