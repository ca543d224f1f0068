#include "control/services/backend_drains.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/watched_time.h"
#include "config/duration.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// A removal that fails after its drain is tried again: first after this time, doubled up to the longest.
constexpr milliseconds kFirstRetry{1000};
constexpr milliseconds kLongestRetry{30'000};

// "3 cut off, 1 lost with their worker"; empty when all finished.
std::string losses(const DrainProgress& progress) {
  std::string text;
  if (progress.forced > 0) text = fmt::format("{} cut off", progress.forced);
  if (progress.lost > 0) {
    text += fmt::format("{}{} lost with their worker", text.empty() ? "" : ", ", progress.lost);
  }
  return text;
}

// The removal, unless the backend was taken back meanwhile.
Change removal_of_drained(const BackendKey& key, Change removal) {
  return [key, removal = std::move(removal)](const Config& config) -> Result<Config> {
    const Pool* pool = find_pool(config, key.pool);
    const Backend* backend = pool != nullptr ? find_backend(*pool, key.endpoint) : nullptr;
    if (backend == nullptr) return config;
    if (backend->state != BackendState::kDrain) {
      return Error{ErrorCode::kAborted,
                   fmt::format("{}/{} is no longer draining: its state was changed to {}", key.pool,
                               key.endpoint, to_string(backend->state)),
                   "", ""};
    }
    return removal(config);
  };
}

// Whether a removal that failed so may succeed later: the backend is still to go, and the daemon goes on.
bool may_succeed_later(const Error& error) {
  return error.code != ErrorCode::kAborted && error.code != ErrorCode::kUnavailable;
}

}  // namespace

// What the figures say of a backend, all its addresses together.
struct BackendDrains::Standing {
  static Standing of(const StatsSample& sample, const BackendKey& key);

  bool there = false;
  std::uint64_t in_flight = 0;
  std::uint64_t cut = 0;   // since the daemon started
  std::uint64_t lost = 0;  // since the daemon started
};

BackendDrains::Standing BackendDrains::Standing::of(const StatsSample& sample, const BackendKey& key) {
  Standing standing;
  for (const BackendSample& backend : sample.backends) {
    if (backend.pool != key.pool || backend.endpoint != key.endpoint) continue;
    standing.there = true;
    standing.in_flight += backend.figures.requests_active;
    standing.cut += backend.figures.forced_closes;
    standing.lost += backend.figures.lost;
  }
  return standing;
}

struct BackendDrains::Drain {
  DrainOrder order;
  DrainAnswer ended;
  DrainProgress progress;
  ChangeOutcome begun;
  WatchedTime watched;           // since it began
  TimerThread::Id timer = 0;     // guarded by Shared
  std::uint64_t reported = 0;    // requests in flight that the last event told; only the timer thread uses it
  unsigned looks = 0;            // only the timer thread uses it
  bool retries = false;          // its removal failed, and waits for the timer; guarded by Shared
  std::uint64_t generation = 0;  // the latest that is known of; used as the steps follow each other
  milliseconds retry{kFirstRetry};  // before the removal is tried once more
  std::string failure;              // of the removal, told last; empty: it has not failed
  Standing at_first;
  bool vanished = false;        // another change took the backend away: progress is that of the look before
  bool cut_by_another = false;  // a removal that cuts off what is left is under way; guarded by Shared

  void begin(const StatsSample& sample) {
    at_first = Standing::of(sample, order.backend);
    progress.at_start = progress.remaining = reported = at_first.in_flight;
  }

  // What is in flight now, and what became of the rest.
  void observe(const StatsSample& sample) {
    generation = std::max(generation, sample.generation);
    const Standing now = Standing::of(sample, order.backend);
    vanished = !now.there && progress.remaining > 0;
    if (vanished) return;
    // A backend that was removed and added meanwhile begins to count anew.
    const auto since = [](std::uint64_t then, std::uint64_t total) {
      return total > then ? total - then : 0;
    };
    progress.remaining = now.in_flight;
    progress.lost = std::min(since(at_first.lost, now.lost), progress.at_start);
    count_cut(since(at_first.cut, now.cut));
  }
  void count_cut(std::uint64_t requests) {
    progress.forced = std::min(requests, progress.at_start - progress.lost);
  }
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
    event.generation = drain.generation;
    supervisor.events().publish(std::move(event));
  }

  // The same for what the operator finds in the log too.
  void warn(const Drain& drain, const std::string& message) {
    const BackendKey& backend = drain.order.backend;
    log(LogLevel::kWarning, "backend {}/{} {}", backend.pool, backend.endpoint, message);
    tell(drain, message);
  }

  // The others who wait for the backend will see it vanish.
  void tell_of_cut(const Drain& by, bool under_way) {
    const std::lock_guard lock(mutex);
    for (const auto& drain : drains) {
      if (drain.get() != &by && drain->order.backend == by.order.backend) drain->cut_by_another = under_way;
    }
  }

  void give_up(const Drain& drain) {
    if (!drain.order.remove) return;
    warn(drain, "not removed: the daemon ends before, and has it again when it starts");
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
    drain->generation = outcome->generation;
    drain->begin(shared->supervisor.sample());
    drain->begun = *outcome;
    begun(outcome, drain->progress);
    watch(shared, drain);
  };
  shared_->supervisor.change(std::move(begin), std::move(answer));
}

void BackendDrains::watch(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain) {
  shared->tell(*drain, fmt::format("drains for up to {}: {} in flight", format_duration(drain->order.timeout),
                                   drain->progress.at_start));
  drain->watched.look(monotonic_ns());
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
  drain->observe(shared->supervisor.sample());
  // What ended is counted before it is no longer in flight, and read in the other order.
  if (drain->progress.remaining == 0) drain->observe(shared->supervisor.sample());
  const bool in_time = std::chrono::nanoseconds(drain->watched.look(monotonic_ns())) < drain->order.timeout;
  if (!drain->vanished && drain->progress.remaining > 0 && in_time) {
    if (++drain->looks % kLooksAnEvent != 0 || drain->reported == drain->progress.remaining) return;
    drain->reported = drain->progress.remaining;
    return shared->tell(*drain, fmt::format("drains: {} in flight", drain->progress.remaining));
  }
  {
    const std::lock_guard lock(shared->mutex);
    if (shared->drains.erase(drain) == 0) return;
    shared->timers->cancel(drain->timer);  // from its own function: does not wait
    if (drain->vanished && drain->cut_by_another) {
      drain->count_cut(drain->progress.forced + drain->progress.remaining);
      drain->progress.remaining = 0;
    }
  }
  end(shared, drain);
}

void BackendDrains::end(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain) {
  const std::uint64_t left = drain->progress.remaining;
  drain->progress.ended = true;
  if (!drain->order.remove) {
    const std::string lost = losses(drain->progress);
    const std::string text = left > 0 && drain->vanished ? fmt::format("removed with {} in flight", left)
                             : left > 0 ? fmt::format("not drained in time: {} in flight", left)
                                        : "drained";
    shared->tell(*drain, lost.empty() ? text : text + ": " + lost);
    return answer(*drain, drain->begun);
  }
  remove(shared, drain);
}

void BackendDrains::remove(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain) {
  const std::uint64_t left = drain->progress.remaining;
  ChangeRequest removal = drain->order.begin;
  removal.expected_generation.reset();
  removal.description =
      fmt::format("remove-backend {} {}", drain->order.backend.pool, drain->order.backend.endpoint);
  removal.change = removal_of_drained(drain->order.backend, drain->order.removal);
  removal.saved_change = drain->order.removal;
  const bool cuts = left > 0 && !drain->vanished;
  if (cuts) {
    removal.cut = drain->order.backend;
    shared->tell_of_cut(*drain, true);
  }
  shared->supervisor.change(std::move(removal), [=](const Result<ChangeOutcome>& outcome) {
    if (!outcome) {
      if (cuts) shared->tell_of_cut(*drain, false);
      return on_not_removed(shared, drain, outcome.error());
    }
    drain->generation = std::max(drain->generation, outcome->generation);
    if (cuts) {
      drain->count_cut(drain->progress.forced + left);
      drain->progress.remaining = 0;
    }
    const std::string lost = losses(drain->progress);
    std::string text = cuts ? "removed at the deadline" : lost.empty() ? "drained and removed" : "removed";
    if (!cuts && left > 0) text = fmt::format("removed by another change with {} in flight", left);
    shared->tell(*drain, lost.empty() ? text : text + ": " + lost);
    answer(*drain, outcome);
  });
}

// The caller is told of the first failure, and what becomes of it: it may take longer than anybody waits.
void BackendDrains::on_not_removed(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain,
                                   Error error) {
  const bool again = may_succeed_later(error);
  if (again) error.message += "; it takes no new requests, and its removal is tried again until it succeeds";
  if (drain->failure != error.message) shared->warn(*drain, "not removed after its drain: " + error.message);
  drain->failure = error.message;
  answer(*drain, std::move(error));
  if (again) try_later(shared, drain);
}

void BackendDrains::answer(Drain& drain, const Result<ChangeOutcome>& outcome) {
  if (const DrainAnswer ended = std::exchange(drain.ended, nullptr)) ended(outcome, drain.progress);
}

void BackendDrains::try_later(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain) {
  const std::lock_guard lock(shared->mutex);
  if (shared->timers == nullptr) return shared->give_up(*drain);
  const auto retried_already = [&](const std::shared_ptr<Drain>& other) {
    return other->retries && other->order.backend == drain->order.backend;
  };
  if (std::any_of(shared->drains.begin(), shared->drains.end(), retried_already)) return;
  drain->retries = true;
  shared->drains.insert(drain);
  drain->timer = shared->timers->after(drain->retry, [shared, weak = std::weak_ptr(drain)] {
    const auto failed = weak.lock();
    if (failed == nullptr) return;
    {
      const std::lock_guard lock_again(shared->mutex);
      if (shared->drains.erase(failed) == 0) return;
    }
    failed->observe(shared->supervisor.sample());
    remove(shared, failed);
  });
  drain->retry = std::min(2 * drain->retry, kLongestRetry);
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
