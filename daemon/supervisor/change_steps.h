#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "supervisor/backends/forward_loop_watch.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/changes/change_target.h"
#include "supervisor/handover_keeper.h"
#include "supervisor/listening/listener_places.h"
#include "supervisor/listening/listener_sockets.h"
#include "supervisor/loop/watched_clock.h"
#include "supervisor/reports/event_recorder.h"
#include "supervisor/snapshot_source.h"
#include "supervisor/start/cpu_plan.h"
#include "supervisor/state/running_state.h"
#include "supervisor/state/saved_state.h"
#include "supervisor/workers/worker_fleet.h"

namespace demo {

// The steps of a change, carried out by sockets, state, workers and backends in the order that keeps what
// runs whole. Changes the running state, and nobody else changes its configuration. Runs on the supervisor's
// loop.
class ChangeSteps final : public ChangeTarget {
 public:
  // What carries them out: borrowed. cores: of this host.
  struct Parts {
    RunningState& running;
    SavedState& saved;
    ListenerSockets& sockets;
    ListenerPlaces& places;
    MemberTable& members;
    ForwardLoopWatch& loops;
    WorkerFleet& fleet;
    SnapshotSource& snapshots;
    EventRecorder& events;
    WatchedClock& clock;
    const HandoverKeeper& handover;
    const AvailableCores& cores;
  };

  // on_commit: another configuration is the running one.
  ChangeSteps(const Parts& parts, std::function<void()> on_commit)
      : parts_(parts), on_commit_(std::move(on_commit)) {}

  // The running configuration once more, for listeners that could not have their sockets before. Whether it
  // is in force.
  bool apply_again();
  // Moves the sockets on as far as the workers are, ListenerSockets::settle().
  void settle(const std::vector<WorkerStanding>& standings);

  const Config& config() const override { return parts_.running.config; }
  std::uint64_t generation() const override { return parts_.running.generation; }
  std::uint64_t version() const override { return parts_.snapshots.version(); }
  Status check(const Config& next) const override;
  std::vector<std::string> new_warnings(const Config& next) const override;
  Status prepare(const Config& next) override;
  void rollback() override { parts_.sockets.rollback(); }
  bool persistent() const override { return parts_.saved.persistent(); }
  const Config& lasting() const override { return parts_.saved.lasting(); }
  bool is_saved(const Config& config) const override { return parts_.saved.is_saved(config); }
  Result<bool> persist(const Config& next) override { return parts_.saved.persist(next); }
  void take_file(const Config& file, bool saved) override { parts_.saved.take_file(file, saved); }
  std::uint64_t commit(Config next) override;
  std::uint64_t cut(const BackendKey& backend) override;
  void end_cut() override;
  Acknowledgement acknowledgement(std::uint64_t version) const override;
  void on_unsaved(const ChangeRequest& request, const Error& why) override;
  void on_changed(const ChangeRequest& request, const ChangeOutcome& outcome) override;

 private:
  GroupClock group_clock(const std::vector<WorkerStanding>& standings);
  void assign_places();
  Status check_descriptors(const Config& next) const;
  std::uint64_t sockets_for(const Config& config) const;

  const Parts parts_;
  const std::function<void()> on_commit_;
};

}  // namespace demo
