#include "supervisor/workers/worker_fleet.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/counted.h"
#include "config/duration.h"
#include "supervisor/api/dropped_request.h"
#include "supervisor/api/expected_generation.h"

namespace demo {

WorkerFleet::WorkerFleet(boost::asio::io_context& loop, const WorkerSettings& settings, StatsArea& stats,
                         QuotaKeeper& quota, EventRecorder& events, const std::uint64_t& generation,
                         Observer observer)
    : events_(events),
      generation_(generation),
      observer_(std::move(observer)),
      workers_(loop, settings, stats, quota, *this),
      restart_([this, patience = 2 * settings.heartbeat_timeout](unsigned worker) {
        restart_timer_.start(patience);
        return workers_.restart(worker);
      }),
      restart_timer_(loop, [this] { restart_.give_up("did not restart in time"); }) {}

void WorkerFleet::resize(const std::vector<WorkerPlace>& places) {
  workers_.resize(places);
  restart_.on_resized(places.size());
}

Result<std::vector<unsigned>> WorkerFleet::indexes_of(const RestartRequest& request) const {
  std::vector<unsigned> indexes;
  std::string known;
  for (const WorkerReport& worker : workers_.reports()) {
    if (worker.planned) known += fmt::format("{}{}", known.empty() ? "" : ", ", worker.index);
    const bool asked = !request.worker || *request.worker == worker.index;
    if (asked && worker.planned) indexes.push_back(worker.index);
  }
  if (!indexes.empty()) return indexes;
  const std::string value = std::to_string(request.worker.value_or(0));
  return Error{ErrorCode::kNotFound, fmt::format("there is no worker {}, only {}", value, known), "worker",
               value};
}

void WorkerFleet::restart(const RestartRequest& request, std::function<void(Result<ChangeOutcome>)> done) {
  if (auto same = check_generation(request.expected_generation, generation_); !same)
    return done(same.error());
  auto indexes = indexes_of(request);
  if (!indexes) return done(indexes.error());
  // Recorded is what is done: a refusal is told to the caller alone.
  if (restart_.running()) return done(RollingRestart::refusal());
  if (auto wanted = begin_for(request.asker); !wanted) return done(wanted.error());
  const std::string what = request.worker ? fmt::format("restart of worker {}", *request.worker)
                                          : std::string("restart of all workers");
  events_.record(EventKind::kWorkerDraining, "workers",
                 {LogLevel::kNotice,
                  fmt::format("{}: {}", request.caller.name, what),
                  what,
                  generation_,
                  request.caller,
                  {}});
  restart_.begin(std::move(*indexes),
                 [this, done = std::move(done)](Result<std::vector<WorkerOutcome>> outcomes) {
                   if (!outcomes) return done(outcomes.error());
                   ChangeOutcome outcome;
                   outcome.generation = generation_;
                   outcome.workers = std::move(*outcomes);
                   done(std::move(outcome));
                 });
}

void WorkerFleet::on_worker_progress(WorkerSlot&) { observer_.on_progress(); }

void WorkerFleet::on_worker_started(WorkerSlot& worker) {
  events_.announce(EventKind::kWorkerStarted, LogLevel::kInfo, fmt::format("worker {}", worker.place().index),
                   fmt::format("started on core {} as process {}", worker.place().core, worker.report().pid));
  workers_.pass_distrusts(worker);
}

void WorkerFleet::on_worker_ready(WorkerSlot& worker) {
  events_.announce(EventKind::kWorkerReady, LogLevel::kInfo, fmt::format("worker {}", worker.place().index),
                   "accepts");
  if (worker.confinement()) tell_gaps(*worker.confinement());
  if (workers_.take_over(worker)) {
    events_.announce(EventKind::kWorkerDraining, LogLevel::kNotice,
                     fmt::format("worker {}", worker.place().index),
                     fmt::format("drains to restart, process {} has taken over", worker.report().pid));
    observer_.on_wish_changed();
  }
  if (const std::size_t relieved = workers_.relieve_predecessors(); relieved > 0) {
    events_.announce(EventKind::kWorkerDraining, LogLevel::kNotice,
                     fmt::format("worker {}", worker.place().index),
                     fmt::format("drains what the supervisor before started, {}: process {} has taken over",
                                 counted(relieved, "process", "processes"), worker.report().pid));
  }
  restart_.on_ready(worker.place().index);
  if (!restart_.running()) restart_timer_.stop();
}

void WorkerFleet::on_worker_exited(WorkerSlot& worker, const ProcessExit& exit, std::uint64_t lost,
                                   bool asked) {
  const unsigned index = worker.place().index;
  const std::string how = exit.describe();
  if (asked && !exit.clean()) {
    events_.announce(EventKind::kWorkerDied, LogLevel::kWarning, fmt::format("worker {}", index),
                     fmt::format("died during its drain ({}), {} lost", how, counted(lost, "connection")));
  } else if (asked) {
    events_.announce(
        EventKind::kWorkerExited, LogLevel::kInfo, fmt::format("worker {}", index),
        fmt::format("left after its drain{}, {} ended at the deadline",
                    exit.known ? fmt::format(" ({})", how) : "", counted(worker.forced(), "connection")));
  } else {
    events_.announce(EventKind::kWorkerDied, LogLevel::kError, fmt::format("worker {}", index),
                     fmt::format("died ({}), {} lost", how, counted(lost, "connection")));
  }
  // While the successor starts, what happens to the process before it is no failure of the restart.
  const bool newest = worker.role() == SlotRole::kSuccessor ||
                      (worker.role() == SlotRole::kPresent && !workers_.has_successor(index));
  if (newest) restart_.on_failed(index, how);
}

void WorkerFleet::on_worker_trouble(WorkerSlot& worker, const std::string& what) {
  events_.announce(EventKind::kWarning, LogLevel::kError, fmt::format("worker {}", worker.place().index),
                   what);
}

// This host refuses the same to all of them, and each time.
void WorkerFleet::tell_gaps(const Confinement& confinement) {
  for (const std::string& problem : confinement.problems) {
    if (told_gaps_.insert(problem).second)
      events_.announce(EventKind::kWarning, LogLevel::kWarning, "workers", "confined in part: " + problem);
  }
}

void WorkerFleet::on_worker_relief(WorkerSlot& worker, const std::string& what) {
  events_.announce(EventKind::kWarning, LogLevel::kNotice, fmt::format("worker {}", worker.place().index),
                   what);
}

void WorkerFleet::on_backend_notice(WorkerSlot& worker, const BackendNotice& notice) {
  const std::string backend = fmt::format("backend {}/{}", notice.pool, notice.endpoint);
  const auto tell = [&](EventKind kind, LogLevel level, std::string_view what, const std::string& how = "") {
    events_.announce(kind, level, backend,
                     fmt::format("worker {} {} {}{}: {}", worker.place().index, what,
                                 notice.address.to_string(), how, notice.reason));
  };
  const std::string time = format_duration(notice.time);
  switch (notice.news) {
    case BackendNews::kEjected:
      return tell(EventKind::kBackendEjected, LogLevel::kWarning, "ejected",
                  fmt::format(" for {}, at failure {} in a row", time, notice.failures));
    case BackendNews::kTakenBack:
      return tell(EventKind::kBackendUp, LogLevel::kNotice, "took back");
    case BackendNews::kOut:
      return tell(EventKind::kBackendEjected, LogLevel::kNotice, "holds ejected no more");
    case BackendNews::kDistrusted:
      return tell(EventKind::kWarning, LogLevel::kWarning, "keeps no connection to",
                  fmt::format(" for {}", time));
  }
}

}  // namespace demo
