// A drain is carried out in steps: the change that makes the backend drain; looks at the figures until
// nothing is in flight or the deadline passes; the change that takes the backend away, after a cut when
// something is left. A removal that fails is tried again. A drain stands in drains_ from the end of the first
// change until it is done, so that each change in between is held against it. stop() gives up those that wait
// for their timer; a removal is answered by the queue, which was stopped before.
#include "supervisor/backends/backend_drains.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "config/duration.h"
#include "supervisor/backends/backend_drain.h"
#include "supervisor/backends/backend_index.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// A removal that fails after its drain is tried again: each time after twice as long, up to this.
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

const Backend* find_drained(const Config& config, const BackendKey& key) {
  const Pool* pool = find_pool(config, key.pool);
  return pool != nullptr ? find_backend(*pool, key.endpoint) : nullptr;
}

Error no_longer_draining(const BackendKey& key, const std::string& why) {
  return {ErrorCode::kAborted, fmt::format("{}/{} is no longer draining: {}", key.pool, key.endpoint, why),
          "", ""};
}

// The removal when its turn comes, unless the backend was taken back until then.
Change removal_of_drained(const BackendKey& key, Change removal,
                          std::shared_ptr<const std::atomic<bool>> taken_back) {
  return [key, removal = std::move(removal),
          taken_back = std::move(taken_back)](const Config& config) -> Result<Config> {
    const Backend* const backend = find_drained(config, key);
    if (*taken_back) return no_longer_draining(key, "it was taken back");
    if (backend == nullptr) return config;
    if (backend->state != BackendState::kDrain) {
      return no_longer_draining(key, state_changed_to(backend->state));
    }
    return removal(config);
  };
}

// Whether a removal that failed so may succeed later: the backend is still to go.
bool may_succeed_later(const Error& error) { return error.code != ErrorCode::kAborted; }

}  // namespace

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
  event.drain = drain.progress;
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
  drain.progress.failure = "the daemon ends before";
  if (drain.order.remove) {
    warn(drain, "not removed: the daemon ends before, and has it again when it starts");
  }
  drain.answer(daemon_stopping());
}

void BackendDrains::answer_all() {
  for (const DrainPtr& drain : drains_) {
    const DrainAnswer answer = std::exchange(drain->ended, nullptr);
    if (!answer) continue;
    if (!drain->taken_back.empty()) {
      answer(no_longer_draining(drain->order.backend, drain->taken_back), drain->progress);
      continue;
    }
    DrainProgress until_now = drain->progress;
    // A removal may still wait for its turn.
    until_now.ended = false;
    until_now.last_event = parts_.events.last();
    answer(drain->begun, until_now);
  }
}

void BackendDrains::stop() {
  stopped_ = true;
  std::vector<DrainPtr> waiting;
  std::erase_if(drains_, [&](const DrainPtr& drain) {
    if (drain->step == Drain::Step::kRemoving) return false;
    waiting.push_back(drain);
    return true;
  });
  for (const DrainPtr& drain : waiting) {
    drain->timer.stop();
    give_up(*drain);
  }
}

void BackendDrains::on_committed(const Config& config, std::uint64_t generation) {
  if (drains_.empty()) return;
  BackendIndex backends(config);
  std::vector<DrainPtr> taken_back;
  for (const DrainPtr& drain : drains_) {
    drain->compare(backends.find(drain->order.backend));
    if (!drain->taken_back.empty() && drain->step != Drain::Step::kRemoving) taken_back.push_back(drain);
  }
  for (const DrainPtr& drain : taken_back) {
    drain->generation = std::max(drain->generation, generation);
    end_taken_back(drain);
  }
}

Config BackendDrains::without_pending_removals(Config config) const {
  using Key = std::pair<std::string_view, std::string_view>;
  std::map<Key, BackendState> before;
  for (const DrainPtr& drain : drains_) {
    const BackendKey& key = drain->order.backend;
    if (drain->order.remove && drain->before && drain->taken_back.empty())
      before.emplace(Key(key.pool, key.endpoint), *drain->before);
  }
  if (before.empty()) return config;
  for (Pool& pool : config.pools) {
    for (Backend& backend : pool.backends) {
      const auto found = before.find({pool.name, backend.endpoint.text});
      if (found != before.end() && backend.state == BackendState::kDrain) backend.state = found->second;
    }
  }
  return config;
}

void BackendDrains::note_state_before(const DrainPtr& drain, std::optional<BackendState> earlier) {
  drain->before = earlier;
  for (const DrainPtr& other : drains_) {
    if (!other->order.remove || !other->before || other->order.backend != drain->order.backend) continue;
    // Two removals: what the first found was there before both. A drain without one is to stay.
    if (drain->order.remove) {
      drain->before = other->before;
    } else {
      other->before = BackendState::kDrain;
    }
  }
}

// The timer is the drain's own, and holds nothing that keeps the drain.
BackendDrains::DrainPtr BackendDrains::make(DrainOrder order, DrainAnswer ended) {
  const auto self = std::make_shared<std::weak_ptr<Drain>>();
  auto drain = std::make_shared<Drain>(loop_, std::move(order), std::move(ended), [this, self] {
    if (const DrainPtr due = self->lock()) on_timer(due);
  });
  *self = drain;
  return drain;
}

void BackendDrains::start(DrainOrder order, DrainAnswer begun, DrainAnswer ended) {
  ChangeRequest begin = order.begin;
  order.begin.asker = nullptr;  // what has begun ends, whoever still waits
  // A restart in between shall find the backend as it was, not one that drains and is never removed.
  if (order.remove) begin.persist = false;
  const DrainPtr drain = make(std::move(order), std::move(ended));
  const auto earlier = std::make_shared<std::optional<BackendState>>();
  begin.change = [earlier, key = drain->order.backend,
                  change = std::move(begin.change)](const Config& config) {
    if (const Backend* const found = find_drained(config, key)) *earlier = found->state;
    return change(config);
  };
  parts_.change(std::move(begin),
                [this, drain, earlier, begun = std::move(begun)](const Result<ChangeOutcome>& outcome) {
                  if (!outcome) return begun(outcome, {});
                  note_state_before(drain, *earlier);
                  drain->generation = outcome->generation;
                  drain->begin(parts_.standing(drain->order.backend));
                  drain->begun = *outcome;
                  begun(outcome, drain->progress);
                  watch(drain);
                });
}

void BackendDrains::watch(const DrainPtr& drain) {
  // That of its first event, or one close to it: each drain has events of its own.
  drain->progress.id = parts_.events.last() + 1;
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
  if (drain->step == Drain::Step::kWatched) return look(drain);
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
  drains_.erase(drain);
  const std::string lost = losses(drain->progress);
  const std::string text = left > 0 && drain->vanished ? fmt::format("removed with {} in flight", left)
                           : left > 0 ? fmt::format("not drained in time: {} in flight", left)
                                      : "drained";
  tell(EventKind::kBackendDrained, *drain, lost.empty() ? text : text + ": " + lost);
  drain->answer(drain->begun);
}

void BackendDrains::end_taken_back(const DrainPtr& drain) {
  drains_.erase(drain);
  drain->timer.stop();
  drain->progress.ended = true;
  const std::string text = "no longer draining: " + drain->taken_back;
  drain->progress.failure = text;
  if (drain->order.remove) {
    warn(*drain, "not removed: it is " + text);
  } else {
    tell(EventKind::kBackendDrained, *drain, text);
  }
  drain->answer(no_longer_draining(drain->order.backend, drain->taken_back));
}

void BackendDrains::remove(const DrainPtr& drain) {
  drain->step = Drain::Step::kRemoving;
  drains_.insert(drain);
  const std::uint64_t left = drain->progress.remaining;
  ChangeRequest removal = drain->order.begin;
  removal.expected_generation.reset();
  removal.description =
      fmt::format("remove-backend {} {}", drain->order.backend.pool, drain->order.backend.endpoint);
  removal.change = removal_of_drained(drain->order.backend, drain->order.removal, drain->is_taken_back);
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
  drains_.erase(drain);
  drain->generation = std::max(drain->generation, outcome.generation);
  drain->progress.failure.clear();
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
  if (!drain->taken_back.empty()) return end_taken_back(drain);
  const bool again = may_succeed_later(error) && error.code != ErrorCode::kUnavailable;
  if (!again) drains_.erase(drain);
  if (error.code == ErrorCode::kUnavailable) return give_up(*drain);
  if (again) error.message += "; it takes no new requests, and its removal is tried again until it succeeds";
  if (drain->progress.failure != error.message) {
    drain->progress.failure = error.message;
    warn(*drain, "not removed after its drain: " + error.message);
  }
  drain->answer(std::move(error));
  if (again) try_later(drain);
}

void BackendDrains::try_later(const DrainPtr& drain) {
  drains_.erase(drain);
  if (!drain->taken_back.empty()) return end_taken_back(drain);
  if (stopped_) return give_up(*drain);
  const auto retried_already = [&](const DrainPtr& other) {
    return other->step == Drain::Step::kRetrying && other->order.backend == drain->order.backend;
  };
  if (std::any_of(drains_.begin(), drains_.end(), retried_already)) return;
  drain->step = Drain::Step::kRetrying;
  drains_.insert(drain);
  drain->timer.start(drain->retry);
  drain->retry = std::min(2 * drain->retry, kLongestRemovalRetry);
}

}  // namespace demo
