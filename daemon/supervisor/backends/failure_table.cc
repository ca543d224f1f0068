#include "supervisor/backends/failure_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/counted.h"

namespace demo {
namespace {

// A connection relayed in tcp mode succeeds when it is made. A pool that HTTP listeners use too is judged by
// its responses.
bool relays_bytes_alone(const Snapshot& snapshot, std::string_view pool) {
  bool relays = false;
  for (const SnapshotListener& listener : snapshot.listeners) {
    if (listener.pool != pool) continue;
    if (listener.mode == ListenerMode::kProxy) return false;
    relays |= listener.mode == ListenerMode::kTcp;
  }
  return relays;
}

bool gets_requests(const SnapshotMember& member) { return member.usable && member.weight > 0; }

RequestTotals totals_of(const BackendFigures& figures, bool bytes_alone) {
  RequestTotals totals;
  const std::uint64_t responses = figures.responses_1xx + figures.responses_2xx + figures.responses_3xx +
                                  figures.responses_4xx + figures.responses_5xx;
  // Read before the failures among them, which are counted first (proxy/exchange): never too many.
  totals.succeeded =
      bytes_alone ? figures.requests : responses - std::min(responses, figures.responses_failed);
  const std::uint64_t attempts = figures.connect_errors + figures.connect_timeouts + figures.response_errors +
                                 figures.head_timeouts + figures.body_timeouts + figures.responses_failed;
  // A request that was tried again where it had failed is one, and has failed when its last attempt has.
  totals.failed = attempts - std::min(attempts, figures.attempts_again);
  totals.failed_ms = figures.failed_ms;
  return totals;
}

// "2 connects refused, 1 response time-out": of the last look, which may be more than what failed in a row.
std::string kinds_of(const BackendFigures& figures) {
  std::string text;
  const auto add = [&text](std::uint64_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(figures.connect_errors, "connects failed");
  add(figures.connect_timeouts, "connects timed out");
  add(figures.head_timeouts + figures.body_timeouts, "responses timed out");
  add(figures.response_errors, "responses were broken");
  add(figures.responses_failed, "responses had a status that counts as a failure");
  return text;
}

}  // namespace

FailureTable::Place& FailureTable::place_of(const SnapshotPool& pool, const SnapshotMember& member,
                                            bool bytes_alone) {
  const auto [at, is_new] = places_.try_emplace(member.slot);
  Place& place = at->second;
  if (is_new) place = {pool.name, member.name(), member.address.to_string(), {}, false, bytes_alone};
  return place;
}

RequestTotals FailureTable::totals_for(Place& place, const BackendFigures& figures, bool bytes_alone) {
  RequestTotals totals = totals_of(figures, bytes_alone);
  // Another figure tells of successes now: it goes on from where the last one ended.
  if (std::exchange(place.bytes_alone, bytes_alone) != bytes_alone) {
    place.ahead = place.succeeded - totals.succeeded;
  }
  totals.succeeded = place.succeeded = totals.succeeded + place.ahead;
  return totals;
}

void FailureTable::look(std::uint64_t now_ns, const Snapshot& snapshot,
                        const std::function<BackendFigures(std::uint32_t slot)>& figures_of) {
  looked_ns_ = now_ns;
  settle(snapshot);
  for (const SnapshotPool& pool : snapshot.pools) {
    const bool bytes_alone = relays_bytes_alone(snapshot, pool.name);
    for (const SnapshotMember& member : pool.members) {
      if (!gets_requests(member)) continue;
      const BackendFigures figures = figures_of(member.slot);
      Place& place = place_of(pool, member, bytes_alone);
      // What happened while it was out says nothing of now.
      const bool was_out = std::exchange(place.out, false);
      if (figures.connect_shortages > place.shortages && !was_out) place.shortage_ns = now_ns;
      place.shortages = figures.connect_shortages;
      const RequestTotals totals = totals_for(place, figures, bytes_alone);
      FailureWatch& watch = place.watch;
      const std::uint64_t before = watch.failures();
      const std::string backend = fmt::format("{}/{}", place.pool, place.endpoint);
      switch (watch.feed(now_ns, totals)) {
        case FailureWatch::Change::kNone:
          break;
        case FailureWatch::Change::kBegan:
          on_change_(backend, Change::kFails,
                     fmt::format("{} fails: {} in a row (so far {})", place.address,
                                 counted(watch.failures(), "request"), kinds_of(figures)));
          break;
        case FailureWatch::Change::kEnded:
          on_change_(backend, Change::kAnswers,
                     fmt::format("{} answers again, after {} or more", place.address,
                                 counted(before, "failed request")));
          break;
      }
    }
  }
}

void FailureTable::settle(const Snapshot& snapshot) {
  std::set<std::uint32_t> judged;
  for (const SnapshotPool& pool : snapshot.pools) {
    for (const SnapshotMember& member : pool.members) {
      if (gets_requests(member)) judged.insert(member.slot);
    }
  }
  for (auto& [slot, place] : places_) {
    if (!judged.contains(slot)) put_out(place);
  }
}

void FailureTable::forget(std::uint32_t slot) {
  const auto found = places_.find(slot);
  if (found == places_.end()) return;
  put_out(found->second);
  places_.erase(found);
}

void FailureTable::put_out(Place& place) {
  if (std::exchange(place.out, true)) return;
  place.shortage_ns = 0;
  const bool failed = place.watch.failing();
  const std::uint64_t failures = place.watch.failures();
  place.watch.pause();
  if (!failed) return;
  on_change_(fmt::format("{}/{}", place.pool, place.endpoint), Change::kOut,
             fmt::format("{} is no longer judged by its requests, of which {} failed in a row: {}",
                         place.address, failures, why_out_(place.pool, place.endpoint)));
}

const FailureWatch* FailureTable::find(std::uint32_t slot) const {
  const auto found = places_.find(slot);
  return found == places_.end() || found->second.out ? nullptr : &found->second.watch;
}

bool FailureTable::short_of_means(std::uint32_t slot) const {
  constexpr std::uint64_t kToldForNs = 10'000'000'000;
  const auto found = places_.find(slot);
  return found != places_.end() && found->second.shortage_ns != 0 &&
         looked_ns_ - found->second.shortage_ns < kToldForNs;
}

}  // namespace demo
