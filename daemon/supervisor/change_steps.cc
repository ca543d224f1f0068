#include "supervisor/change_steps.h"

#include <fmt/format.h>

#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "config/config_diff.h"
#include "config/doubts.h"
#include "supervisor/listening/descriptor_needs.h"
#include "supervisor/worker_places.h"

namespace demo {

GroupClock ChangeSteps::group_clock(const std::vector<WorkerStanding>& standings) {
  return {standings, parts_.snapshots.version() + 1, parts_.clock.now_ns()};
}

void ChangeSteps::assign_places() { parts_.places.assign(parts_.running.config, parts_.sockets.leaving()); }

Status ChangeSteps::check(const Config& next) const {
  // What runs, or was saved, may ask for cores that went since: fit_workers().
  const auto& saved = parts_.saved.saved();
  const bool kept =
      next.workers == parts_.running.config.workers || (saved && next.workers == saved->workers);
  if (auto plan = plan_workers(next.workers, parts_.cores); !plan && !kept) return plan.error();
  if (auto places = parts_.places.check(next); !places) return places;
  if (auto room = check_descriptors(next); !room) return room;
  // Nor is a loop a reason at the start: members that make one are left out in any case.
  if (parts_.running.generation == 0) return {};
  return parts_.loops.check(parts_.running.config, next);
}

// At the start what the supervisor cannot open is refused alone: workers serve as many connections as they
// can.
Status ChangeSteps::check_descriptors(const Config& next) const {
  const Config& config = parts_.running.config;
  const ListeningPlan running{config, places_of(config, parts_.cores).size()};
  const ListeningPlan planned{next, places_of(next, parts_.cores).size()};
  const DescriptorLimits limits = DescriptorLimits::of_this_process();
  if (auto room = check_in_supervisor(running, planned, limits); !room) return room;
  return parts_.running.generation == 0 ? Status() : check_in_worker(running, planned, limits);
}

std::vector<std::string> ChangeSteps::new_warnings(const Config& next) const {
  std::vector<std::string> warnings = new_doubts(parts_.running.config, next);
  const auto notes_of = [this](const Config& config) {
    return parts_.sockets.passed().notes(config, places_of(config, parts_.cores).size());
  };
  const auto known = notes_of(parts_.running.config);
  for (auto& [subject, note] : notes_of(next)) {
    const auto before = known.find(subject);
    if (before == known.end() || before->second != note) warnings.push_back(note);
  }
  const std::uint64_t left_out = parts_.handover.left_out_of(sockets_for(next));
  if (left_out > 0 && left_out > parts_.handover.left_out_of(sockets_for(parts_.running.config))) {
    warnings.push_back(parts_.handover.tell_left_out(left_out));
  }
  return warnings;
}

std::uint64_t ChangeSteps::sockets_for(const Config& config) const {
  return sockets_of(ListeningPlan{config, places_of(config, parts_.cores).size()});
}

Status ChangeSteps::prepare(const Config& next) {
  return parts_.sockets.prepare(next, places_of(next, parts_.cores), ListenerSockets::Patience::kNew);
}

bool ChangeSteps::apply_again() {
  const Config& config = parts_.running.config;
  const auto workers = places_of(config, parts_.cores);
  if (!parts_.sockets.prepare(config, workers, ListenerSockets::Patience::kAll)) return false;
  parts_.sockets.commit(group_clock(parts_.fleet.workers().standings()));
  parts_.snapshots.changed();
  return true;
}

void ChangeSteps::settle(const std::vector<WorkerStanding>& standings) {
  if (!parts_.sockets.settle(group_clock(standings))) return;
  assign_places();
  parts_.snapshots.outdate();
}

std::uint64_t ChangeSteps::commit(Config next) {
  RunningState& running = parts_.running;
  running.config = std::move(next);
  ++running.generation;
  parts_.saved.on_commit();
  running.changed_ns = monotonic_ns();
  set_log_level(running.config.log_level);
  parts_.sockets.commit(group_clock(parts_.fleet.workers().standings()));
  assign_places();
  parts_.members.configure(running.config);
  parts_.fleet.resize(places_of(running.config, parts_.cores));
  parts_.snapshots.changed();
  on_commit_();
  return version();
}

std::uint64_t ChangeSteps::cut(const BackendKey& backend) {
  parts_.members.cut(backend);
  parts_.snapshots.changed();
  return version();
}

void ChangeSteps::end_cut() {
  parts_.members.cut_none();
  parts_.snapshots.changed();
}

// Whose listener was removed may give its address to another program as soon as this is complete.
Acknowledgement ChangeSteps::acknowledgement(std::uint64_t version) const {
  Acknowledgement acknowledgement = parts_.fleet.workers().acknowledgement(version);
  const std::set<std::string> held = parts_.sockets.held_still();
  const bool dropped = !parts_.handover.there() || parts_.handover.has_dropped();
  if (held.empty() && dropped) return acknowledgement;
  const std::chrono::nanoseconds waited(monotonic_ns() - parts_.running.changed_ns);
  acknowledgement.complete &= waited >= limits::kGiveBackPatience;
  for (const std::string& address : held) {
    acknowledgement.warnings.push_back(
        fmt::format("{} is taken until those who had reached it are served, for {} s at most", address,
                    limits::kDrainTimeout.count()));
  }
  return acknowledgement;
}

void ChangeSteps::on_unsaved(const ChangeRequest& request, const Error& why) {
  parts_.events.announce(EventKind::kWarning, LogLevel::kWarning, "state",
                         fmt::format("{} is in force and not saved, as the saved state cannot have it: {}",
                                     request.description, why.message));
}

void ChangeSteps::on_changed(const ChangeRequest& request, const ChangeOutcome& outcome) {
  std::size_t applied = 0;
  for (const WorkerOutcome& worker : outcome.workers) applied += worker.applied ? 1 : 0;
  const LogLevel level = applied == outcome.workers.size() ? LogLevel::kNotice : LogLevel::kWarning;
  const std::string message = fmt::format("generation {} at {}/{} workers, {}: {} ({})", outcome.generation,
                                          applied, outcome.workers.size(), request.caller.name,
                                          request.description, summarise_diff(outcome.differences));
  parts_.events.record(EventKind::kConfigChanged, "config",
                       {level, message, request.description, outcome.generation, request.caller, {}});
}

}  // namespace demo
