#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "config/snapshot.h"
#include "supervisor/failure_watch.h"
#include "supervisor/stats_sample.h"

namespace demo {

// Which backend addresses fail, by looks at their figures once a second. Owned by the supervisor, on its
// loop.
class FailureTable {
 public:
  // A backend address began to fail or answers again. At most one call a change of state, whatever the
  // traffic.
  using OnChange = std::function<void(const SnapshotPool& pool, const SnapshotMember& member, bool failing,
                                      const std::string& what)>;

  explicit FailureTable(OnChange on_change) : on_change_(std::move(on_change)) {}

  // One look at every member of the snapshot (monotonic ns); figures_of(slot) reads its figures. What the
  // snapshot does not name is forgotten.
  void look(std::uint64_t now_ns, const Snapshot& snapshot,
            const std::function<BackendFigures(std::uint32_t slot)>& figures_of);
  // The place has a new owner.
  void forget(std::uint32_t slot) { places_.erase(slot); }

  // Null for a slot that was never looked at. Borrowed until the next look.
  const FailureWatch* find(std::uint32_t slot) const;
  // Whether this host had no local port or descriptor for a connection there within the ten seconds before
  // the last look.
  bool short_of_means(std::uint32_t slot) const;

 private:
  struct Place {
    FailureWatch watch;
    bool bytes_alone = false;     // what a success was at the last look
    std::uint64_t succeeded = 0;  // as the watch was told at the last look
    std::uint64_t ahead = 0;  // of what the figures say (modulo 2^64), since what a success is has changed
    std::uint64_t shortages = 0;    // BackendFigures::connect_shortages at the last look
    std::uint64_t shortage_ns = 0;  // the look that saw them rise, monotonic; 0: none did
  };

  const OnChange on_change_;
  std::map<std::uint32_t, Place> places_;
  std::uint64_t looked_ns_ = 0;
};

}  // namespace demo
