#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/snapshot.h"
#include "supervisor/api/stats_sample.h"
#include "supervisor/backends/failure_watch.h"

namespace demo {

// Which backend addresses fail, by looks at their figures once a second. Owned by the supervisor, on its
// loop.
class FailureTable {
 public:
  enum class Change {
    kFails,
    kAnswers,  // again
    kOut,      // it failed, and gets no requests any more that could tell
  };
  // A backend address ("pool/endpoint" is its backend) changed. At most one call a change of state, whatever
  // the traffic.
  using OnChange = std::function<void(const std::string& backend, Change change, const std::string& what)>;
  // Why an address of the backend gets no requests, one clause; asked when the end of failing is told.
  using WhyOut = std::function<std::string(const std::string& pool, const std::string& endpoint)>;

  FailureTable(OnChange on_change, WhyOut why_out)
      : on_change_(std::move(on_change)), why_out_(std::move(why_out)) {}

  // One look at every member of the snapshot (monotonic ns); figures_of(slot) reads its figures.
  void look(std::uint64_t now_ns, const Snapshot& snapshot,
            const std::function<BackendFigures(std::uint32_t slot)>& figures_of);
  // A new snapshot: members that get no requests by it are not judged, and judged anew when they get some
  // again.
  void settle(const Snapshot& snapshot);
  // The place has a new owner.
  void forget(std::uint32_t slot);

  // Null for a slot that is not judged. Borrowed until the next look(), settle() or forget().
  const FailureWatch* find(std::uint32_t slot) const;
  // Whether this host had no local port, descriptor or memory for a connection there within the ten seconds
  // before the last look.
  bool short_of_means(std::uint32_t slot) const;

 private:
  // Of an address that fails, for what is told when no snapshot names it any more.
  struct Name {
    std::string pool;
    std::string endpoint;
    std::string address;
  };
  // Small: all are walked each second.
  struct Place {
    enum class State : std::uint8_t { kNew, kJudged, kOut };  // kOut: it gets no requests any more

    State state = State::kNew;
    bool bytes_alone = false;     // what a success was at the last look
    std::uint64_t named = 0;      // the last settle() that found it among those that get requests
    std::uint64_t succeeded = 0;  // as the watch was told at the last look
    std::uint64_t ahead = 0;  // of what the figures say (modulo 2^64), since what a success is has changed
    std::uint64_t shortages = 0;    // BackendFigures::connect_shortages at the last look
    std::uint64_t shortage_ns = 0;  // the look that saw them rise, monotonic; 0: none did
    FailureWatch watch;
    std::unique_ptr<const Name> failing;  // null: it does not fail
  };

  void look_at(const SnapshotPool& pool, const SnapshotMember& member, const BackendFigures& figures,
               bool bytes_alone);
  void put_out(Place& place);
  // What it saw of the figures, for its watch.
  static RequestTotals totals_for(Place& place, const BackendFigures& figures, bool bytes_alone);

  const OnChange on_change_;
  const WhyOut why_out_;
  std::vector<Place> places_;  // by slot
  std::uint64_t settled_ = 0;  // times
  std::uint64_t looked_ns_ = 0;
};

}  // namespace demo
