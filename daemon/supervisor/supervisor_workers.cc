// What the supervisor does when a worker starts, is ready, ends or is in trouble.
#include <fmt/format.h>

#include "supervisor/supervisor.h"

#include "base/counted.h"

namespace demo {

void Supervisor::on_worker_progress(WorkerSlot&) { schedule_progress(); }

void Supervisor::on_worker_started(WorkerSlot& worker) {
  announce(EventKind::kWorkerStarted, LogLevel::kInfo, fmt::format("worker {}", worker.place().index),
           fmt::format("started on core {} as process {}", worker.place().core, worker.report().pid));
  workers_.pass_distrusts(worker);
}

void Supervisor::on_worker_ready(WorkerSlot& worker) {
  announce(EventKind::kWorkerReady, LogLevel::kInfo, fmt::format("worker {}", worker.place().index),
           "accepts");
  if (workers_.take_over(worker)) {
    announce(EventKind::kWorkerDraining, LogLevel::kNotice, fmt::format("worker {}", worker.place().index),
             fmt::format("drains to restart, process {} has taken over", worker.report().pid));
    wish_changed();
  }
  restart_.on_ready(worker.place().index);
  if (!restart_.running()) restart_timer_.stop();
}

void Supervisor::on_worker_exited(WorkerSlot& worker, const ProcessExit& exit, std::uint64_t lost,
                                  bool asked) {
  const unsigned index = worker.place().index;
  const std::string how = exit.describe();
  if (asked && !exit.clean()) {
    announce(EventKind::kWorkerDied, LogLevel::kWarning, fmt::format("worker {}", index),
             fmt::format("died during its drain ({}), {} lost", how, counted(lost, "connection")));
  } else if (asked) {
    announce(EventKind::kWorkerExited, LogLevel::kInfo, fmt::format("worker {}", index),
             fmt::format("left after its drain ({}), {} ended at the deadline", how,
                         counted(worker.forced(), "connection")));
  } else {
    announce(EventKind::kWorkerDied, LogLevel::kError, fmt::format("worker {}", index),
             fmt::format("died ({}), {} lost", how, counted(lost, "connection")));
  }
  // While the successor starts, what happens to the process before it is no failure of the restart.
  const bool newest = worker.role() == SlotRole::kSuccessor ||
                      (worker.role() == SlotRole::kPresent && !workers_.has_successor(index));
  if (newest) restart_.on_failed(index, how);
}

void Supervisor::on_worker_trouble(WorkerSlot& worker, const std::string& what) {
  announce(EventKind::kWarning, LogLevel::kError, fmt::format("worker {}", worker.place().index), what);
}

void Supervisor::on_worker_relief(WorkerSlot& worker, const std::string& what) {
  announce(EventKind::kWarning, LogLevel::kNotice, fmt::format("worker {}", worker.place().index), what);
}

}  // namespace demo
