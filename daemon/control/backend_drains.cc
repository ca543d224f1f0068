#include "control/backend_drains.h"

#include <fmt/format.h>

#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "config/duration.h"

namespace demo {
namespace {

std::uint64_t in_flight(const StatsSample& sample, const BackendKey& key) {
  std::uint64_t sum = 0;
  for (const BackendSample& backend : sample.backends) {
    if (backend.pool == key.pool && backend.endpoint == key.endpoint) sum += backend.figures.requests_active;
  }
  return sum;
}

// The removal, unless the backend was taken back meanwhile.
Change removal_of_drained(const BackendKey& key, Change removal) {
  return [key, removal = std::move(removal)](const Config& config) -> Result<Config> {
    const Pool* pool = find_pool(config, key.pool);
    const Backend* backend = pool != nullptr ? find_backend(*pool, key.endpoint) : nullptr;
    if (backend != nullptr && backend->state != BackendState::kDrain) {
      return Error{ErrorCode::kAborted,
                   fmt::format("{}/{} is no longer draining: its state was changed to {}", key.pool,
                               key.endpoint, to_string(backend->state)),
                   "", ""};
    }
    return removal(config);
  };
}

}  // namespace

struct BackendDrains::Drain {
  DrainOrder order;
  DrainAnswer ended;
  DrainProgress progress;
  ChangeOutcome begun;
  TimerThread::Clock::time_point deadline;
  TimerThread::Id timer = 0;   // guarded by Shared
  std::uint64_t reported = 0;  // requests in flight that the last event told; only the timer thread uses it
  unsigned looks = 0;          // only the timer thread uses it
};

struct BackendDrains::Shared {
  SupervisorApi& supervisor;
  std::mutex mutex;
  TimerThread* timers;  // not owned; null after the shutdown
  std::set<std::shared_ptr<Drain>> drains;

  void tell(const Drain& drain, std::string message) {
    Event event;
    event.kind = EventKind::kBackendDrained;
    event.subject = drain.order.backend.pool + "/" + drain.order.backend.endpoint;
    event.message = std::move(message);
    event.caller = drain.order.begin.caller.name;
    supervisor.events().publish(std::move(event));
  }

  // The same for what the operator finds in the log too.
  void warn(const Drain& drain, const std::string& message) {
    const BackendKey& backend = drain.order.backend;
    log(LogLevel::kWarning, "backend {}/{} {}", backend.pool, backend.endpoint, message);
    tell(drain, message);
  }

  void give_up(const Drain& drain) {
    if (!drain.order.remove) return;
    warn(drain, "not removed: the daemon ends before its drain, and has it again when it starts");
  }
};

BackendDrains::BackendDrains(SupervisorApi& supervisor, TimerThread& timers)
    : shared_(new Shared{supervisor, {}, &timers, {}}) {}

BackendDrains::~BackendDrains() { shutdown(); }

void BackendDrains::start(DrainOrder order, DrainAnswer begun, DrainAnswer ended) {
  auto drain = std::make_shared<Drain>();
  drain->order = std::move(order);
  drain->ended = std::move(ended);
  ChangeRequest begin = drain->order.begin;
  drain->order.begin.asker = nullptr;  // what has begun ends, whoever still waits
  // A restart in between shall find the backend as it was, not one that drains and is never removed.
  if (drain->order.remove) begin.persist = false;
  auto answer = [shared = shared_, drain, begun = std::move(begun)](const Result<ChangeOutcome>& outcome) {
    if (!outcome) return begun(outcome, {});
    drain->progress.at_start = in_flight(shared->supervisor.sample(), drain->order.backend);
    drain->progress.remaining = drain->progress.at_start;
    drain->reported = drain->progress.at_start;
    drain->begun = *outcome;
    begun(outcome, drain->progress);
    watch(shared, drain);
  };
  shared_->supervisor.change(std::move(begin), std::move(answer));
}

void BackendDrains::watch(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain) {
  shared->tell(*drain, fmt::format("drains for up to {}: {} in flight", format_duration(drain->order.timeout),
                                   drain->progress.at_start));
  drain->deadline = TimerThread::Clock::now() + drain->order.timeout;
  if (drain->progress.at_start == 0) return end(shared, drain);
  const std::lock_guard lock(shared->mutex);
  if (shared->timers == nullptr) return shared->give_up(*drain);
  shared->drains.insert(drain);
  const auto poll = std::min<TimerThread::Clock::duration>(limits::kDrainPoll, drain->order.timeout);
  drain->timer = shared->timers->every(poll, [shared, weak = std::weak_ptr(drain)] {
    if (const auto watched = weak.lock()) look(shared, watched);
  });
}

void BackendDrains::look(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain) {
  constexpr unsigned kLooksAnEvent = 10;  // an event a second, when there is something new to tell
  drain->progress.remaining = in_flight(shared->supervisor.sample(), drain->order.backend);
  if (drain->progress.remaining > 0 && TimerThread::Clock::now() < drain->deadline) {
    if (++drain->looks % kLooksAnEvent != 0 || drain->reported == drain->progress.remaining) return;
    drain->reported = drain->progress.remaining;
    return shared->tell(*drain, fmt::format("drains: {} in flight", drain->progress.remaining));
  }
  {
    const std::lock_guard lock(shared->mutex);
    if (shared->drains.erase(drain) == 0) return;
    shared->timers->cancel(drain->timer);  // from its own function: does not wait
  }
  end(shared, drain);
}

void BackendDrains::end(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain) {
  const std::uint64_t left = drain->progress.remaining;
  drain->progress.ended = true;
  if (!drain->order.remove) {
    shared->tell(*drain, left == 0 ? "drained" : fmt::format("not drained in time: {} in flight", left));
    return drain->ended(drain->begun, drain->progress);
  }
  drain->progress.forced = left;
  drain->progress.remaining = 0;
  ChangeRequest removal = drain->order.begin;
  removal.expected_generation.reset();
  removal.description =
      fmt::format("remove-backend {} {}", drain->order.backend.pool, drain->order.backend.endpoint);
  removal.change = removal_of_drained(drain->order.backend, drain->order.removal);
  removal.saved_change = drain->order.removal;
  if (left > 0) removal.cut = drain->order.backend;
  shared->supervisor.change(std::move(removal), [shared, drain, left](const Result<ChangeOutcome>& outcome) {
    if (outcome) {
      shared->tell(*drain, left == 0 ? "drained and removed"
                                     : fmt::format("removed at the deadline: {} cut off", left));
    } else {
      shared->warn(*drain, "not removed after its drain: " + outcome.error().message);
    }
    drain->ended(outcome, drain->progress);
  });
}

void BackendDrains::shutdown() {
  std::set<std::shared_ptr<Drain>> drains;
  TimerThread* timers = nullptr;
  {
    const std::lock_guard lock(shared_->mutex);
    drains.swap(shared_->drains);
    timers = std::exchange(shared_->timers, nullptr);
  }
  for (const auto& drain : drains) {
    timers->cancel(drain->timer);
    shared_->give_up(*drain);
  }
}

}  // namespace demo
