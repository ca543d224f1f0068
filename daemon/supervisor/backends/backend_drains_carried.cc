// Drains from one version of the daemon to the next.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/limits.h"
#include "config/changes.h"
#include "config/duration.h"
#include "supervisor/backends/backend_drain.h"

namespace demo {

std::vector<BackendDrains::Carried> BackendDrains::carried() const {
  using std::chrono::milliseconds;
  std::vector<Carried> all;
  for (const DrainPtr& drain : drains_) {
    if (!drain->taken_back.empty()) continue;
    const auto spent = std::chrono::duration_cast<milliseconds>(
        std::chrono::nanoseconds(drain->watched.look(monotonic_ns())));
    const bool watched = drain->step == Drain::Step::kWatched;
    Carried one;
    one.backend = drain->order.backend;
    one.caller = drain->order.begin.caller.name;
    one.remove = drain->order.remove;
    one.persist = drain->order.begin.persist;
    one.left = watched ? std::max(drain->order.timeout - spent, milliseconds(0)) : milliseconds(0);
    one.id = drain->progress.id;
    one.at_start = drain->progress.at_start;
    one.lost_at_start = drain->at_first.figures.lost;
    one.forced_at_start = drain->at_first.figures.forced_closes;
    one.before = drain->before;
    all.push_back(std::move(one));
  }
  return all;
}

void BackendDrains::go_on(const Carried& carried) {
  DrainOrder order;
  order.backend = carried.backend;
  order.timeout = carried.left;
  order.remove = carried.remove;
  order.begin.caller.name = carried.caller;
  order.begin.persist = carried.persist;
  order.removal = remove_backend(carried.backend.pool, carried.backend.endpoint, IfMissing::kIgnore);
  const DrainPtr drain = make(std::move(order), nullptr);
  drain->before = carried.before;
  drain->at_first.figures.lost = carried.lost_at_start;
  drain->at_first.figures.forced_closes = carried.forced_at_start;
  drain->progress.at_start = drain->progress.remaining = drain->reported = carried.at_start;
  drain->progress.id = carried.id;
  if (const BackendStanding now = parts_.standing(carried.backend); now.there) drain->observe(now);
  using std::chrono::seconds;
  const auto rounded = carried.left > seconds(1) ? ceil<seconds>(carried.left) : carried.left;
  tell(EventKind::kBackendDraining, *drain,
       fmt::format("goes on to drain, for up to {}", format_duration(rounded)));
  drain->watched.look(monotonic_ns());
  drains_.insert(drain);
  drain->timer.start_every(std::clamp(carried.left, std::chrono::milliseconds(1), limits::kDrainPoll));
}

}  // namespace demo
