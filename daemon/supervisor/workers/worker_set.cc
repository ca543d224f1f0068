#include "supervisor/workers/worker_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/clock.h"
#include "base/limits.h"

namespace demo {
namespace {

Error too_many_processes() {
  return {ErrorCode::kResourceExhausted,
          fmt::format("{} worker processes run or drain already: try again later", StatsArea::kPages), "",
          ""};
}

WorkerOutcome outcome_of(const WorkerSlot& slot, std::uint64_t version, bool& complete) {
  WorkerOutcome outcome;
  outcome.worker = slot.place().index;
  if (!has_process(slot.state())) {
    outcome.error = fmt::format("not running ({}), gets it when it is back", slot.why_not_running());
  } else if (slot.state() == WorkerState::kStarting || slot.acked_version() < version) {
    complete = false;
    outcome.error = "did not acknowledge in time";
  } else {
    outcome.error = fmt::format("{}", fmt::join(slot.problems(), "; "));
  }
  outcome.applied = outcome.error.empty();
  return outcome;
}

}  // namespace

WorkerSet::WorkerSet(boost::asio::io_context& loop, const WorkerSettings& settings, StatsArea& stats,
                     QuotaKeeper& quota, WorkerSlot::Observer& observer)
    : loop_(loop), settings_(settings), stats_(stats), quota_(quota), observer_(observer), pages_(stats) {}

WorkerSlot* WorkerSet::find(unsigned index, SlotRole role) const {
  const auto slot = std::find_if(slots_.begin(), slots_.end(), [&](const auto& candidate) {
    return candidate->place().index == index && candidate->role() == role && !candidate->gone();
  });
  return slot == slots_.end() ? nullptr : slot->get();
}

void WorkerSet::insert(std::unique_ptr<WorkerSlot> slot) {
  const auto at = std::find_if(slots_.begin(), slots_.end(),
                               [&](const auto& other) { return other->place().index > slot->place().index; });
  slots_.insert(at, std::move(slot));
}

void WorkerSet::resize(const std::vector<WorkerPlace>& places) {
  places_ = places;
  for (const auto& slot : slots_) {
    if (slot->role() == SlotRole::kPredecessor) continue;
    if (slot->place().index >= places.size()) {
      slot->drain();
    } else if (!slot->leaving()) {
      slot->move_to_core(places[slot->place().index].core);
    }
  }
  fill();
  relieve_predecessors();
}

void WorkerSet::fill() {
  for (const WorkerPlace& place : places_) {
    if (find(place.index) != nullptr) continue;
    const auto page = pages_.take();
    if (!page) return;
    auto slot = std::make_unique<WorkerSlot>(loop_, settings_, stats_, quota_, *page, place, observer_);
    WorkerSlot& added = *slot;
    if (const auto before = respawns_before_.extract(place.index)) added.remember_respawns(before.mapped());
    if (auto before = ejections_before_.extract(place.index)) added.inherit(std::move(before.mapped()));
    insert(std::move(slot));
    (void)added.start();  // a failure is reported, and tried again
  }
}

void WorkerSet::forget_gone(const PageEnd& page_end) {
  std::vector<unsigned> pages;
  for (const auto& slot : slots_) {
    if (!slot->gone()) continue;
    page_end(slot->place().index, slot->page());
    pages.push_back(slot->page());
  }
  std::erase_if(slots_, [](const auto& slot) { return slot->gone(); });
  // Not on these pages yet, where there are others: the supervisor after this one would take a process there
  // for the one that is gone.
  fill();
  for (const unsigned page : pages) pages_.give_back(page);
  if (!pages.empty()) fill();
}

std::vector<WorkerStanding> WorkerSet::standings() const {
  std::vector<WorkerStanding> standings;
  standings.reserve(slots_.size());
  for (const auto& slot : slots_) standings.push_back(slot->standing());
  return standings;
}

std::vector<StatsLayout::WorkerEntry> WorkerSet::stats_entries() const {
  std::vector<const WorkerSlot*> order;
  for (const auto& slot : slots_) order.push_back(slot.get());
  // The present worker is the last of its index: what is now is what it says.
  std::stable_sort(order.begin(), order.end(), [](const WorkerSlot* a, const WorkerSlot* b) {
    return std::pair(a->place().index, a->role()) < std::pair(b->place().index, b->role());
  });
  std::vector<StatsLayout::WorkerEntry> entries;
  for (const WorkerSlot* slot : order) {
    entries.push_back({slot->place().index, slot->place().core, has_process(slot->state()), slot->page()});
  }
  return entries;
}

std::vector<WorkerReport> WorkerSet::reports() const {
  std::vector<WorkerReport> reports;
  for (const auto& slot : slots_) {
    if (!slot->gone()) reports.push_back(slot->report());
  }
  std::stable_partition(reports.begin(), reports.end(), [](const auto& report) { return report.planned; });
  return reports;
}

Restraints WorkerSet::restraints(std::uint64_t now_ns) const {
  Restraints restraints;
  for (const auto& slot : slots_) {
    if (slot->state() != WorkerState::kReady) continue;
    for (const HeldNotice& held : slot->held_notices()) {
      if (held.is_over(now_ns)) continue;
      const BackendNotice& notice = held.notice;
      restraints.add(notice, {notice.news, slot->place().index, notice.failures, notice.reason, held.since,
                              held.age(now_ns), notice.time});
    }
  }
  return restraints;
}

Acknowledgement WorkerSet::acknowledgement(std::uint64_t version) const {
  Acknowledgement result;
  result.complete = true;
  for (const WorkerPlace& place : places_) {
    const WorkerSlot* const slot = find(place.index);
    result.workers.push_back(slot != nullptr
                                 ? outcome_of(*slot, version, result.complete)
                                 : WorkerOutcome{place.index, false, too_many_processes().message});
  }
  return result;
}

bool WorkerSet::have_started() const {
  return any_ready() && std::all_of(places_.begin(), places_.end(), [&](const WorkerPlace& place) {
           const WorkerSlot* const slot = find(place.index);
           return slot == nullptr || slot->state() == WorkerState::kReady || slot->has_failed();
         });
}

bool WorkerSet::any_ready() const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [](const auto& slot) { return slot->state() == WorkerState::kReady; });
}

bool WorkerSet::is_ready(unsigned index) const {
  const WorkerSlot* const slot = find(index);
  return slot != nullptr && slot->state() == WorkerState::kReady;
}

bool WorkerSet::all_ready() const {
  return std::all_of(places_.begin(), places_.end(),
                     [this](const auto& place) { return is_ready(place.index); });
}

bool WorkerSet::any_of_plan_ready() const {
  return std::any_of(places_.begin(), places_.end(),
                     [this](const auto& place) { return is_ready(place.index); });
}

bool WorkerSet::any_lost() const {
  return std::ranges::any_of(places_, [this](const WorkerPlace& place) {
    const WorkerSlot* const worker = find(place.index);
    return worker != nullptr && worker->has_failed() && !is_ready(place.index) &&
           std::ranges::none_of(slots_, [&place](const auto& slot) {
             return slot->place().index == place.index && slot->role() == SlotRole::kPredecessor &&
                    slot->process() != nullptr;
           });
  });
}

std::size_t WorkerSet::homeless() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      places_, [this](const WorkerPlace& place) { return find(place.index) == nullptr; }));
}

Status WorkerSet::check_room_for_all() const {
  if (pages_.free() >= places_.size()) return {};
  return too_many_processes();
}

bool WorkerSet::any_failed() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->has_failed(); });
}

void WorkerSet::offer(std::uint64_t version, std::shared_ptr<const Snapshot> snapshot,
                      const std::vector<std::vector<SocketLoan>>& loans) {
  for (const auto& slot : slots_) {
    const unsigned index = slot->place().index;
    const bool accepts = !slot->leaving() && index < loans.size();
    slot->offer({version, snapshot, accepts ? loans[index] : std::vector<SocketLoan>()});
  }
}

void WorkerSet::check_heartbeats(std::uint64_t watched_ns) {
  for (const auto& slot : slots_) slot->check_heartbeat(watched_ns);
}

void WorkerSet::spread_distrust(const BackendNotice& notice) {
  const HeldNotice told{notice, monotonic_ns(), std::chrono::system_clock::now()};
  distrusts_.note(notice, told.since_ns, told.since);
  for (const auto& slot : slots_) slot->pass_distrust(told, told.since_ns);
}

void WorkerSet::pass_distrusts(WorkerSlot& started) const {
  const std::uint64_t now_ns = monotonic_ns();
  for (const HeldNotice& held : distrusts_.all()) started.pass_distrust(held, now_ns);
}

void WorkerSet::pass_log() {
  for (const auto& slot : slots_) slot->pass_log();
}

Status WorkerSet::restart(unsigned index) {
  WorkerSlot* const present = find(index, SlotRole::kPresent);
  if (present == nullptr || has_successor(index)) return {};
  // One that waits for its next start has nothing to drain.
  if (!has_process(present->state())) return present->start();
  const auto page = pages_.take();
  if (!page) return too_many_processes();
  auto successor =
      std::make_unique<WorkerSlot>(loop_, settings_, stats_, quota_, *page, present->place(), observer_);
  if (auto started = successor->start_to_succeed(*present); !started) {
    pages_.give_back(*page);
    return started;
  }
  insert(std::move(successor));
  return {};
}

bool WorkerSet::take_over(WorkerSlot& ready) {
  if (ready.role() != SlotRole::kSuccessor) return false;
  if (WorkerSlot* const before = find(ready.place().index, SlotRole::kPresent); before != nullptr) {
    // What it found out since its successor began.
    ready.pass_ejections(before->held_notices());
    before->hand_over_ejections();
    before->drain();
  }
  ready.take_over();
  return true;
}

void WorkerSet::drain_all() {
  places_.clear();
  for (const auto& slot : slots_) {
    slot->drain();
    slot->end_patience();
  }
}

void WorkerSet::grant_patience(bool granted) {
  for (const auto& slot : slots_) slot->grant_patience(granted);
}

void WorkerSet::end_predecessors() {
  for (const auto& slot : slots_) {
    if (slot->process() != nullptr && slot->process()->adopted()) slot->end();
  }
}

void WorkerSet::end_own() {
  for (const auto& slot : slots_) {
    if (slot->process() != nullptr && !slot->process()->adopted()) slot->end();
  }
}

void WorkerSet::end_all() {
  places_.clear();
  for (const auto& slot : slots_) slot->end();
}

}  // namespace demo
