#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "config/snapshot.h"
#include "supervisor/api/supervisor_api.h"
#include "supervisor/backends/failure_table.h"
#include "supervisor/backends/forward_loop_watch.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/figures/refusal_table.h"
#include "supervisor/figures/stats_sampler.h"
#include "supervisor/listening/listener_places.h"
#include "supervisor/listening/listener_sockets.h"
#include "supervisor/reports/event_recorder.h"
#include "supervisor/reports/told_problems.h"
#include "supervisor/reports/traffic_problems.h"
#include "supervisor/state/running_state.h"
#include "supervisor/workers/worker_set.h"

namespace demo {

// What real requests say: which backends fail, what is refused for a limit or a loop, and, together with
// checks and ejections, how each backend is. Looks at the figures once a second and tells of each beginning
// and end. Runs on the supervisor's loop.
class TrafficWatch {
 public:
  // What it looks at: borrowed.
  struct Parts {
    const RunningState& running;
    const StatsSampler& sampler;
    const ListenerSockets& sockets;
    const ListenerPlaces& places;
    const MemberTable& members;
    const WorkerSet& workers;
    const ForwardLoopWatch& loops;
    EventRecorder& events;
  };

  explicit TrafficWatch(const Parts& parts);

  // One look. watched_ns: of a WatchedTime; workers: of the plan. Whether what is refused is another than a
  // second ago.
  bool look(std::uint64_t watched_ns, const Snapshot& snapshot, unsigned workers);
  // A new snapshot, FailureTable::settle().
  void settle(const Snapshot& snapshot) { failures_.settle(snapshot); }
  // The places have new owners.
  void forget_backend(std::uint32_t slot);
  void forget_listener(std::uint32_t slot) { refusals_.forget_listener(slot); }

  // How all backends of the running configuration are. workers: of the plan.
  std::vector<BackendReport> reports(unsigned workers) const;
  TrafficProblems problems(const std::vector<BackendReport>& backends) const;
  // TrafficProblems::refused as of the last look.
  const std::vector<std::string>& refused() const { return refused_; }

 private:
  using Sentences = std::map<std::string, std::string>;  // by subject

  void on_failure_change(const std::string& backend, FailureTable::Change change, const std::string& what);
  void tell_refusals(const Sentences& refused);
  // Those alone for which requests may be refused, and of each pool one that serves, if there is one: what is
  // refused can be told by them.
  std::vector<BackendReport> notable_reports(const Snapshot& snapshot, unsigned workers) const;
  BackendReport report(const Pool& pool, const Backend& backend, unsigned workers,
                       const Restraints& restraints) const;
  // Of one address: fills in what is made of it.
  void judge(const Pool& pool, const Backend& backend, unsigned workers, const Restraints& restraints,
             MemberReport& member) const;
  // Whether nothing is known by which requests to the backend would be refused. members: of a snapshot.
  bool is_plain(const Backend& backend, std::span<const SnapshotMember> members) const;
  bool clients_wait() const;
  Sentences refusal_problems(const std::vector<BackendReport>& backends) const;
  TrafficProblems problems(const std::vector<BackendReport>& backends, const Sentences& refused) const;

  const Parts parts_;
  FailureTable failures_;
  RefusalTable refusals_;
  ToldProblems told_refusals_;
  std::vector<std::string> refused_;
};

}  // namespace demo
