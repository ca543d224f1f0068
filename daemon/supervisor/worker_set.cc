#include "supervisor/worker_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace demo {

WorkerSet::WorkerSet(boost::asio::io_context& loop, const WorkerSettings& settings, StatsArea& stats,
                     WorkerSlot::Observer& observer)
    : loop_(loop), settings_(settings), stats_(stats), observer_(observer) {}

void WorkerSet::resize(const std::vector<WorkerPlace>& places) {
  for (const WorkerPlace& place : places) {
    const auto at = std::find_if(slots_.begin(), slots_.end(),
                                 [&](const auto& slot) { return slot->place().index >= place.index; });
    if (at != slots_.end() && (*at)->place().index == place.index) {
      (*at)->move_to_core(place.core);
      if ((*at)->leaving()) (*at)->keep();
      continue;
    }
    const auto added =
        slots_.insert(at, std::make_unique<WorkerSlot>(loop_, settings_, stats_, place, observer_));
    (*added)->start();
  }
  for (const auto& slot : slots_) {
    if (slot->place().index >= places.size() && !slot->leaving()) slot->drain(false);
  }
}

void WorkerSet::forget_gone() {
  std::erase_if(slots_, [](const auto& slot) { return slot->gone(); });
}

std::vector<WorkerStanding> WorkerSet::standings() const {
  std::vector<WorkerStanding> standings;
  standings.reserve(slots_.size());
  for (const auto& slot : slots_) standings.push_back(slot->standing());
  return standings;
}

std::vector<WorkerReport> WorkerSet::reports() const {
  std::vector<WorkerReport> reports;
  for (const auto& slot : slots_) {
    if (!slot->gone()) reports.push_back(slot->report());
  }
  return reports;
}

Acknowledgement WorkerSet::acknowledgement(std::uint64_t version) const {
  Acknowledgement result;
  result.complete = true;
  for (const auto& slot : slots_) {
    if (slot->leaving()) continue;
    WorkerOutcome outcome;
    outcome.worker = slot->place().index;
    const bool running = has_process(slot->state());
    const bool starting = slot->succeeded() || slot->state() == WorkerState::kStarting;
    if (!running && !starting) {
      outcome.error = fmt::format("not running ({}), gets it when it is back", slot->report().last_exit);
    } else if (starting || slot->acked_version() < version) {
      result.complete = false;
      outcome.error = "did not acknowledge in time";
    } else {
      outcome.error = fmt::format("{}", fmt::join(slot->problems(), "; "));
    }
    outcome.applied = outcome.error.empty();
    result.workers.push_back(std::move(outcome));
  }
  return result;
}

bool WorkerSet::all_ready() const {
  return std::all_of(slots_.begin(), slots_.end(), [](const auto& slot) {
    return slot->leaving() || slot->state() == WorkerState::kReady;
  });
}

void WorkerSet::offer(std::uint64_t version, std::shared_ptr<const Snapshot> snapshot,
                      const std::vector<std::vector<SocketLoan>>& loans) {
  for (const auto& slot : slots_) {
    const unsigned index = slot->place().index;
    slot->offer({version, snapshot, index < loans.size() ? loans[index] : std::vector<SocketLoan>()});
  }
}

void WorkerSet::check_heartbeats(std::uint64_t now_ns) {
  for (const auto& slot : slots_) slot->check_heartbeat(now_ns);
}

void WorkerSet::pass_log() {
  for (const auto& slot : slots_) slot->pass_log();
}

void WorkerSet::restart(unsigned index) {
  for (const auto& slot : slots_) {
    if (slot->place().index == index && !slot->leaving()) slot->drain(true);
  }
}

void WorkerSet::drain_all() {
  for (const auto& slot : slots_) slot->drain(false);
}

void WorkerSet::end_all() {
  for (const auto& slot : slots_) slot->end();
}

const WorkerSlot* WorkerSet::find(unsigned index) const {
  for (const auto& slot : slots_) {
    if (slot->place().index == index && !slot->leaving()) return slot.get();
  }
  return nullptr;
}

}  // namespace demo
