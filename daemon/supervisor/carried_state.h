#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"
#include "demo/internal/v1/run_state.pb.h"
#include "supervisor/api/event_log.h"
#include "supervisor/backends/backend_drains.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/snapshot_source.h"
#include "supervisor/state/running_state.h"
#include "supervisor/state/saved_state.h"
#include "supervisor/supervisor_options.h"
#include "supervisor/workers/worker_fleet.h"

namespace demo {

// What the supervisor's parts know that lies in no memory of others: written down for the version that is
// executed in this one's place, and given back to its parts. Runs on the supervisor's loop.
class CarriedState {
 public:
  // Borrowed.
  struct Parts {
    const RunningState& running;
    EventLog& events;
    SavedState& saved;
    MemberTable& members;
    WorkerFleet& fleet;
    SnapshotSource& snapshots;
    BackendDrains& drains;
    const bool& reloads;  // the configuration file is being read again
    const SupervisorOptions& options;
  };
  using Decode = std::function<Result<Config>(std::string_view)>;

  explicit CarriedState(const Parts& parts) : parts_(parts) {}

  void write(internal::v1::RunState& state) const;

  // Before any part begins: what it is to go on from. came_back: in the version that wrote it.
  void restore(const internal::v1::RunState& state, bool came_back);
  // In place of SavedState::begin(). Error: what the options' decode says.
  Status restore_saved(const internal::v1::RunState& state);
  // After the first configuration runs.
  void go_on(const internal::v1::RunState& state);

 private:
  void write_saved(internal::v1::RunState& state) const;
  void write_backends(internal::v1::RunState& state) const;

  const Parts parts_;
};

// What ran, where all of it can be read. Error: kInvalidArgument.
Result<Config> check_carried(const internal::v1::RunState& state, const CarriedState::Decode& decode);

// When the daemon was started that it is of.
std::chrono::system_clock::time_point started_of(const internal::v1::RunState& state);

}  // namespace demo
