#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"
#include "demo/internal/v1/run_state.pb.h"
#include "supervisor/api/event_log.h"
#include "supervisor/backends/backend_drains.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/state/running_state.h"
#include "supervisor/state/saved_state.h"
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
    BackendDrains& drains;
    const bool& reloads;  // the configuration file is being read again
  };
  using Encode = std::function<std::string(const Config&)>;
  using Decode = std::function<Result<Config>(std::string_view)>;

  CarriedState(const Parts& parts, Encode encode) : parts_(parts), encode_(std::move(encode)) {}

  void write(internal::v1::RunState& state) const;

  // Before any part begins: what it is to go on from. came_back: in the version that wrote it.
  void restore(const internal::v1::RunState& state, bool came_back);
  // In place of SavedState::begin(). first: what runs. Error: what decode says.
  Status restore_saved(const internal::v1::RunState& state, const Config& first, const Decode& decode);
  // After the first configuration runs.
  void go_on(const internal::v1::RunState& state);

 private:
  void write_saved(internal::v1::RunState& state) const;
  void write_backends(internal::v1::RunState& state) const;

  const Parts parts_;
  const Encode encode_;
};

// Whether all of it can be read. Error: kInvalidArgument.
Status check_carried(const internal::v1::RunState& state, const CarriedState::Decode& decode);

}  // namespace demo
