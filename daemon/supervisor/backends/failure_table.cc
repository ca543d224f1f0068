#include "supervisor/backends/failure_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/counted.h"
#include "base/grown.h"
#include "supervisor/backends/backend_name.h"

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

RequestTotals FailureTable::totals_for(Place& place, const BackendFigures& figures, bool bytes_alone) {
  RequestTotals totals = totals_of(figures, bytes_alone);
  // Another figure tells of successes now: it goes on from where the last one ended.
  if (std::exchange(place.bytes_alone, bytes_alone) != bytes_alone) {
    place.ahead = place.succeeded - totals.succeeded;
  }
  totals.succeeded = place.succeeded = totals.succeeded + place.ahead;
  return totals;
}

void FailureTable::settle(const Snapshot& snapshot) {
  ++settled_;
  for (const SnapshotPool& pool : snapshot.pools) {
    for (const SnapshotMember& member : pool.members) {
      if (!gets_requests(member)) continue;
      grown(places_, member.slot).named = settled_;
    }
  }
  for (Place& place : places_) {
    if (place.named != settled_) put_out(place);
  }
}

void FailureTable::look(std::uint64_t now_ns, const Snapshot& snapshot,
                        const std::function<BackendFigures(std::uint32_t slot)>& figures_of) {
  looked_ns_ = now_ns;
  settle(snapshot);
  for (const SnapshotPool& pool : snapshot.pools) {
    const bool bytes_alone = relays_bytes_alone(snapshot, pool.name);
    for (const SnapshotMember& member : pool.members) {
      if (gets_requests(member)) look_at(pool, member, figures_of(member.slot), bytes_alone);
    }
  }
}

void FailureTable::look_at(const SnapshotPool& pool, const SnapshotMember& member,
                           const BackendFigures& figures, bool bytes_alone) {
  Place& place = places_[member.slot];
  const Place::State before = std::exchange(place.state, Place::State::kJudged);
  if (before == Place::State::kNew) place.bytes_alone = bytes_alone;
  // What happened while it was out says nothing of now.
  if (figures.connect_shortages > place.shortages && before != Place::State::kOut) {
    place.shortage_ns = looked_ns_;
  }
  place.shortages = figures.connect_shortages;
  const RequestTotals totals = totals_for(place, figures, bytes_alone);
  const std::uint64_t failures = place.watch.failures();
  switch (place.watch.feed(looked_ns_, totals)) {
    case FailureWatch::Change::kNone:
      return;
    case FailureWatch::Change::kBegan:
      place.failing = std::make_unique<const Name>(pool.name, member.name(), member.address.to_string());
      return on_change_(backend_name(pool.name, member.name()), Change::kFails,
                        fmt::format("{} fails: {} in a row (so far {})", place.failing->address,
                                    counted(place.watch.failures(), "request"), kinds_of(figures)));
    case FailureWatch::Change::kEnded:
      place.failing.reset();
      return on_change_(backend_name(pool.name, member.name()), Change::kAnswers,
                        fmt::format("{} answers again, after {} or more", member.address.to_string(),
                                    counted(failures, "failed request")));
  }
}

void FailureTable::forget(std::uint32_t slot) {
  if (slot >= places_.size()) return;
  put_out(places_[slot]);
  places_[slot] = {};
}

void FailureTable::put_out(Place& place) {
  if (place.state != Place::State::kJudged) return;
  place.state = Place::State::kOut;
  place.shortage_ns = 0;
  const std::uint64_t failures = place.watch.failures();
  place.watch.pause();
  const auto name = std::move(place.failing);
  if (!name) return;
  on_change_(backend_name(name->pool, name->endpoint), Change::kOut,
             fmt::format("{} is no longer judged by its requests, of which {} failed in a row: {}",
                         name->address, failures, why_out_(name->pool, name->endpoint)));
}

const FailureWatch* FailureTable::find(std::uint32_t slot) const {
  const bool judged = slot < places_.size() && places_[slot].state == Place::State::kJudged;
  return judged ? &places_[slot].watch : nullptr;
}

bool FailureTable::short_of_means(std::uint32_t slot) const {
  constexpr std::uint64_t kToldForNs = 10'000'000'000;
  return slot < places_.size() && places_[slot].shortage_ns != 0 &&
         looked_ns_ - places_[slot].shortage_ns < kToldForNs;
}

}  // namespace demo
