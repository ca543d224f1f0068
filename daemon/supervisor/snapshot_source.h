#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/snapshot.h"
#include "quota/quota_keeper.h"
#include "supervisor/backends/forward_loop_watch.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/listening/listener_places.h"
#include "supervisor/listening/listener_sockets.h"
#include "supervisor/snapshot/member_rises.h"
#include "supervisor/state/running_state.h"

namespace demo {

// What all workers shall have in force: made of the configuration and of what is known of listeners and
// backends, and numbered, so that acknowledgements can be waited for. Runs on the supervisor's loop.
class SnapshotSource {
 public:
  // What it is made of: borrowed.
  struct Parts {
    const RunningState& running;
    const ListenerSockets& sockets;
    const ListenerPlaces& places;
    const MemberTable& members;
    ForwardLoopWatch& loops;
    QuotaKeeper& quota;
  };

  // on_changed: there is something new to offer.
  SnapshotSource(const Parts& parts, std::function<void()> on_changed);

  // Something of it is another; outdate() is for who offers it next in any case.
  void changed();
  void outdate();
  // Makes it anew when something of it is another. Whether it was.
  bool rebuild();

  // WorkerWish::version.
  std::uint64_t version() const { return version_; }
  // Null before the first rebuild(). The same object for the same contents: workers that have it are not told
  // again.
  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
  // What an upgrade passes on; given before the first rebuild().
  MemberRises& rises() { return rises_; }

 private:
  SnapshotFacts facts() const;
  std::optional<BoundListener> facts_of(const SocketGroup* group, const Listener& listener) const;

  const Parts parts_;
  const std::function<void()> on_changed_;
  const std::string loop_name_;  // Snapshot::loop_name
  std::uint64_t version_ = 0;
  bool stale_ = true;
  std::shared_ptr<const Snapshot> snapshot_;
  MemberRises rises_;
};

}  // namespace demo
