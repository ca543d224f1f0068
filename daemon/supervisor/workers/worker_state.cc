#include "supervisor/workers/worker_state.h"

namespace demo {

std::string_view to_string(WorkerState state) {
  switch (state) {
    case WorkerState::kStarting:
      return "starting";
    case WorkerState::kReady:
      return "ready";
    case WorkerState::kDraining:
      return "draining";
    case WorkerState::kBackingOff:
      return "backing off";
  }
  return "unknown";
}

std::optional<WorkerState> transition(WorkerState state, WorkerEvent event) {
  switch (event) {
    case WorkerEvent::kSpawned:
      if (has_process(state)) return std::nullopt;
      return WorkerState::kStarting;
    case WorkerEvent::kAcknowledged:
      if (!has_process(state)) return std::nullopt;
      return state == WorkerState::kDraining ? WorkerState::kDraining : WorkerState::kReady;
    case WorkerEvent::kDrainRequested:
      if (!has_process(state)) return std::nullopt;
      return WorkerState::kDraining;
    case WorkerEvent::kExited:
      if (!has_process(state)) return std::nullopt;
      return WorkerState::kBackingOff;
  }
  return std::nullopt;
}

}  // namespace demo
