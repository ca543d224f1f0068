// A drain is carried out in steps: the change that makes the backend drain; looks at the figures until
// nothing is in flight or the deadline passes; the change that takes the backend away, after a cut when
// something is left. A removal that fails is tried again. A drain stands in drains_ while it waits for its
// timer, and in the change queue's callback otherwise, so that stop() finds each of them either there or
// answered by the queue, which was stopped before.
#include "supervisor/backends/backend_drains.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/watched_time.h"
#include "config/duration.h"
#include "supervisor/loop/loop_timer.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// A removal that fails after its drain is tried again: first after this time, doubled up to the longest.
constexpr milliseconds kFirstRemovalRetry{1000};
constexpr milliseconds kLongestRemovalRetry{30'000};

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

// Whether a removal that failed so may succeed later: the backend is still to go.
bool may_succeed_later(const Error& error) { return error.code != ErrorCode::kAborted; }

}  // namespace

struct BackendDrains::Drain {
  Drain(boost::asio::io_context& loop, DrainOrder given, DrainAnswer answered, std::function<void()> on_timer)
      : order(std::move(given)), ended(std::move(answered)), timer(loop, std::move(on_timer)) {}

  DrainOrder order;
  DrainAnswer ended;
  DrainProgress progress;
  ChangeOutcome begun;
  WatchedTime watched;         // since it began
  LoopTimer timer;             // to the next look, or until the removal is tried again
  std::uint64_t reported = 0;  // requests in flight that the last event told
  unsigned looks = 0;
  bool retries = false;                    // its removal failed, and waits for the timer
  std::uint64_t generation = 0;            // the latest that is known of; used as the steps follow each other
  milliseconds retry{kFirstRemovalRetry};  // before the removal is tried once more
  std::string failure;                     // of the removal, told last; empty: it has not failed
  BackendStanding at_first;
  bool vanished = false;        // another change took the backend away: progress is that of the look before
  bool cut_by_another = false;  // a removal that cuts off what is left is under way

  void answer(const Result<ChangeOutcome>& outcome) {
    if (const DrainAnswer done = std::exchange(ended, nullptr)) done(outcome, progress);
  }

  void begin(const BackendStanding& now) {
    at_first = now;
    progress.at_start = progress.remaining = reported = now.figures.requests_active;
  }

  // What is in flight now, and what became of the rest.
  void observe(const BackendStanding& now) {
    generation = std::max(generation, now.generation);
    vanished = !now.there && progress.remaining > 0;
    if (vanished) return;
    // A backend that was removed and added meanwhile begins to count anew.
    const auto since = [](std::uint64_t then, std::uint64_t total) {
      return total > then ? total - then : 0;
    };
    progress.remaining = now.figures.requests_active;
    progress.lost = std::min(since(at_first.figures.lost, now.figures.lost), progress.at_start);
    count_cut(since(at_first.figures.forced_closes, now.figures.forced_closes));
  }
  void count_cut(std::uint64_t requests) {
    progress.forced = std::min(requests, progress.at_start - progress.lost);
  }
};

BackendDrains::BackendDrains(boost::asio::io_context& loop, Parts parts)
    : loop_(loop), parts_(std::move(parts)) {}

BackendDrains::~BackendDrains() = default;

void BackendDrains::tell(EventKind kind, const Drain& drain, std::string message) {
  Event event;
  event.kind = kind;
  event.subject = drain.order.backend.pool + "/" + drain.order.backend.endpoint;
  event.message = std::move(message);
  event.caller = drain.order.begin.caller.name;
  event.generation = drain.generation;
  parts_.events.publish(std::move(event));
}

void BackendDrains::warn(const Drain& drain, const std::string& message) {
  const BackendKey& backend = drain.order.backend;
  log(LogLevel::kWarning, "backend {}/{} {}", backend.pool, backend.endpoint, message);
  tell(EventKind::kBackendDrained, drain, message);
}

void BackendDrains::tell_of_cut(const Drain& by, bool under_way) {
  for (const auto& drain : drains_) {
    if (drain.get() != &by && drain->order.backend == by.order.backend) drain->cut_by_another = under_way;
  }
}

void BackendDrains::give_up(Drain& drain) {
  if (drain.order.remove) {
    warn(drain, "not removed: the daemon ends before, and has it again when it starts");
  }
  drain.answer(daemon_stopping());
}

void BackendDrains::stop() {
  stopped_ = true;
  for (const DrainPtr& drain : std::exchange(drains_, {})) {
    drain->timer.stop();
    give_up(*drain);
  }
}

void BackendDrains::start(DrainOrder order, DrainAnswer begun, DrainAnswer ended) {
  ChangeRequest begin = order.begin;
  order.begin.asker = nullptr;  // what has begun ends, whoever still waits
  // A restart in between shall find the backend as it was, not one that drains and is never removed.
  if (order.remove) begin.persist = false;
  // The timer is the drain's own, and holds nothing that keeps the drain.
  const auto self = std::make_shared<std::weak_ptr<Drain>>();
  const auto drain = std::make_shared<Drain>(loop_, std::move(order), std::move(ended), [this, self] {
    if (const DrainPtr due = self->lock()) on_timer(due);
  });
  *self = drain;
  parts_.change(std::move(begin),
                [this, drain, begun = std::move(begun)](const Result<ChangeOutcome>& outcome) {
                  if (!outcome) return begun(outcome, {});
                  drain->generation = outcome->generation;
                  drain->begin(parts_.standing(drain->order.backend));
                  drain->begun = *outcome;
                  begun(outcome, drain->progress);
                  watch(drain);
                });
}

void BackendDrains::watch(const DrainPtr& drain) {
  tell(EventKind::kBackendDraining, *drain,
       fmt::format("drains for up to {}: {} in flight", format_duration(drain->order.timeout),
                   drain->progress.at_start));
  drain->watched.look(monotonic_ns());
  if (drain->progress.at_start == 0) return end(drain);
  if (stopped_) return give_up(*drain);
  drains_.insert(drain);
  drain->timer.start_every(std::min<milliseconds>(limits::kDrainPoll, drain->order.timeout));
}

void BackendDrains::on_timer(const DrainPtr& drain) {
  if (!drain->retries) return look(drain);
  drain->retries = false;
  drains_.erase(drain);
  drain->observe(parts_.standing(drain->order.backend));
  remove(drain);
}

void BackendDrains::look(const DrainPtr& drain) {
  constexpr unsigned kLooksAnEvent = 10;  // an event a second, when there is something new to tell
  drain->observe(parts_.standing(drain->order.backend));
  // What ended is counted before it is no longer in flight, and read in the other order.
  if (drain->progress.remaining == 0) drain->observe(parts_.standing(drain->order.backend));
  const bool in_time = std::chrono::nanoseconds(drain->watched.look(monotonic_ns())) < drain->order.timeout;
  if (!drain->vanished && drain->progress.remaining > 0 && in_time) {
    if (++drain->looks % kLooksAnEvent != 0 || drain->reported == drain->progress.remaining) return;
    drain->reported = drain->progress.remaining;
    return tell(EventKind::kBackendDraining, *drain,
                fmt::format("drains: {} in flight", drain->progress.remaining));
  }
  drains_.erase(drain);
  drain->timer.stop();
  if (drain->vanished && drain->cut_by_another) {
    drain->count_cut(drain->progress.forced + drain->progress.remaining);
    drain->progress.remaining = 0;
  }
  end(drain);
}

void BackendDrains::end(const DrainPtr& drain) {
  const std::uint64_t left = drain->progress.remaining;
  drain->progress.ended = true;
  if (drain->order.remove) return remove(drain);
  const std::string lost = losses(drain->progress);
  const std::string text = left > 0 && drain->vanished ? fmt::format("removed with {} in flight", left)
                           : left > 0 ? fmt::format("not drained in time: {} in flight", left)
                                      : "drained";
  tell(EventKind::kBackendDrained, *drain, lost.empty() ? text : text + ": " + lost);
  drain->answer(drain->begun);
}

void BackendDrains::remove(const DrainPtr& drain) {
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
    tell_of_cut(*drain, true);
  }
  parts_.change(std::move(removal), [this, drain, cuts, left](const Result<ChangeOutcome>& outcome) {
    if (outcome) return on_removed(drain, *outcome, cuts, left);
    if (cuts) tell_of_cut(*drain, false);
    on_not_removed(drain, outcome.error());
  });
}

void BackendDrains::on_removed(const DrainPtr& drain, const ChangeOutcome& outcome, bool cut,
                               std::uint64_t left) {
  drain->generation = std::max(drain->generation, outcome.generation);
  if (cut) {
    drain->count_cut(drain->progress.forced + left);
    drain->progress.remaining = 0;
  }
  const std::string lost = losses(drain->progress);
  std::string text = cut ? "removed at the deadline" : lost.empty() ? "drained and removed" : "removed";
  if (!cut && left > 0) text = fmt::format("removed by another change with {} in flight", left);
  tell(EventKind::kBackendDrained, *drain, lost.empty() ? text : text + ": " + lost);
  drain->answer(outcome);
}

// The caller is told of the first failure, and what becomes of it: it may take longer than anybody waits.
void BackendDrains::on_not_removed(const DrainPtr& drain, Error error) {
  if (error.code == ErrorCode::kUnavailable) return give_up(*drain);
  const bool again = may_succeed_later(error);
  if (again) error.message += "; it takes no new requests, and its removal is tried again until it succeeds";
  if (drain->failure != error.message) warn(*drain, "not removed after its drain: " + error.message);
  drain->failure = error.message;
  drain->answer(std::move(error));
  if (again) try_later(drain);
}

void BackendDrains::try_later(const DrainPtr& drain) {
  if (stopped_) return give_up(*drain);
  const auto retried_already = [&](const DrainPtr& other) {
    return other->retries && other->order.backend == drain->order.backend;
  };
  if (std::any_of(drains_.begin(), drains_.end(), retried_already)) return;
  drain->retries = true;
  drains_.insert(drain);
  drain->timer.start(drain->retry);
  drain->retry = std::min(2 * drain->retry, kLongestRemovalRetry);
}

}  // namespace demo
