#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "supervisor/api/supervisor_api.h"

namespace demo {

// What can happen to the worker of one index.
enum class WorkerEvent : std::uint8_t {
  kSpawned,         // its process was started
  kAcknowledged,    // it put a snapshot in force
  kDrainRequested,  // it was told to finish and leave
  kExited,          // its process is gone
};

// The states of the worker of one index, over the lives of its processes:
//
//                 kSpawned                kAcknowledged
//   kBackingOff ------------> kStarting ----------------> kReady --.
//        ^                        |                         |      | kAcknowledged
//        |                        | kDrainRequested         |  ^---'
//        |<---- kExited ----------+                         |
//        |                        v       kDrainRequested   |
//        |<---- kExited ------ kDraining <------------------+
//        |                                                  |
//        '<---- kExited ------------------------------------'
//
// The state after the event; none for an event that cannot happen in the state, which is a broken invariant
// of the caller (or, for kAcknowledged, of the worker).
std::optional<WorkerState> transition(WorkerState state, WorkerEvent event);

// Whether there is a process in this state.
constexpr bool has_process(WorkerState state) { return state != WorkerState::kBackingOff; }

}  // namespace demo
