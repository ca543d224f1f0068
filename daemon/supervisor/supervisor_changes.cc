// How the supervisor carries out the steps of a change.
#include <fmt/format.h>

#include <utility>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "config/config_diff.h"
#include "supervisor/supervisor.h"

namespace demo {
namespace {

// A file is written once in so many generations; a crash passes over what is left of them.
constexpr std::uint64_t kGenerationsReserved = 1000;

std::vector<std::string> names_of_listeners(const Config& config) {
  std::vector<std::string> names;
  for (const Listener& listener : config.listeners) names.push_back(listener.address.to_string());
  return names;
}

}  // namespace

Status Supervisor::check(const Config& next) const {
  // What runs, or was saved, may ask for cores that went since: fit_workers().
  const bool kept = next.workers == config_.workers ||
                    (options_.saved_config && next.workers == options_.saved_config->workers);
  if (auto plan = plan_workers(next.workers, options_.cores); !plan && !kept) return plan.error();
  if (auto places = check_places(next); !places) return places;
  return check_loops(next);
}

Status Supervisor::check_places(const Config& next) const {
  if (listener_slots_.has_room_for(names_of_listeners(next))) return {};
  return Error{
      ErrorCode::kResourceExhausted,
      fmt::format("the figures of {} listeners have room, and removed ones keep theirs while they have "
                  "connections: try again when some have ended, or end them with restart-worker --all",
                  limits::kListeners),
      "listeners", ""};
}

Status Supervisor::prepare(const Config& next) {
  return sockets_.prepare(next, places_of(next), ListenerSockets::Patience::kNew);
}

void Supervisor::look_after_listeners() {
  if (stopping_) return;
  const bool again = sockets_.look_around();
  tell_listener_problems();
  if (!again || !sockets_.prepare(config_, places_of(config_), ListenerSockets::Patience::kAll)) return;
  sockets_.commit(group_clock(workers_.standings()));
  wish_changed();
  tell_listener_problems();
}

void Supervisor::tell_listener_problems() {
  auto now = listener_problems();
  if (now == told_problems_) return;
  for (const auto& [address, why] : now) {
    const auto told = told_problems_.find(address);
    if (told != told_problems_.end() && told->second == why) continue;
    announce(EventKind::kWarning, LogLevel::kWarning, "listener " + address,
             why + "; tried again each second");
  }
  for (const auto& [address, why] : told_problems_) {
    if (now.contains(address)) continue;
    announce(EventKind::kWarning, LogLevel::kNotice, "listener " + address, "is well again");
  }
  told_problems_ = std::move(now);
  schedule_progress();
}

Result<bool> Supervisor::persist(const Config& next) {
  // A directory that took its place has another base, or none.
  if (!options_.store->in_place()) options_.file_base_kept = false;
  const std::string bytes = options_.encode(next);
  auto saved = options_.store->save(bytes);
  save_failure_ = saved ? "" : saved.error().message;
  if (!saved) {
    look_after_store(bytes.size());
    tell_systemd();
    return saved.error();
  }
  options_.saved_config = next;
  lasting_ = next;
  save_doubt_ = std::move(saved->doubt);
  if (!save_doubt_.empty()) announce(EventKind::kWarning, LogLevel::kError, "state", save_doubt_);
  look_after_store(bytes.size());
  keep_file_base();
  share_file_base();
  return save_doubt_.empty();
}

void Supervisor::keep_again() {
  if (!save_failure_.empty() || !save_doubt_.empty()) {
    // Where nothing was ever saved, the file is what the next start reads: it stays so.
    const auto saved = options_.saved_config ? options_.store->save(options_.encode(*options_.saved_config))
                                             : Result<StateStore::Saved>(StateStore::Saved{});
    save_failure_ = saved ? "" : saved.error().message;
    if (saved) save_doubt_ = saved->doubt;
    if (saved && save_doubt_.empty())
      announce(EventKind::kWarning, LogLevel::kNotice, "state", "changes can be saved again");
  }
  if (!generation_doubt_.empty()) reserve_generations(generation_);
  if (!file_base_doubt_.empty()) keep_file_base();
  look_after_store(0);
  tell_systemd();
}

void Supervisor::look_after_store(std::size_t bytes) {
  const bool all_kept =
      save_failure_.empty() && save_doubt_.empty() && generation_doubt_.empty() && file_base_doubt_.empty();
  if (all_kept) return store_retry_.end();
  store_retry_.begin(bytes);
}

std::uint64_t Supervisor::commit(Config next) {
  config_ = std::move(next);
  share_file_base();
  ++generation_;
  if (options_.store && generation_ > reserved_generation_) {
    reserve_generations(generation_ + kGenerationsReserved);
  }
  changed_ns_ = monotonic_ns();
  set_log_level(config_.log_level);
  sockets_.commit(group_clock(workers_.standings()));
  assign_listener_slots();
  members_.configure(config_);
  const std::vector<WorkerPlace> places = places_of(config_);
  workers_.resize(places);
  restart_.on_resized(places.size());
  wish_changed();
  return version_;
}

void Supervisor::assign_listener_slots() {
  const std::vector<std::string> present = names_of_listeners(config_);
  std::vector<std::string> names = present;
  for (const SocketGroup* const group : sockets_.leaving()) {
    if (names.size() < limits::kListeners) names.push_back(group->listener().address.to_string());
  }
  std::vector<std::uint32_t> fresh = listener_slots_.assign(names);
  // Those that leave have theirs as long as there are enough.
  if (listener_slots_.wanting()) {
    const std::vector<std::uint32_t> more = listener_slots_.assign(present);
    fresh.insert(fresh.end(), more.begin(), more.end());
  }
  for (const std::uint32_t slot : fresh) {
    sampler_.restart_listener(slot);
    refusals_.forget_listener(slot);
  }
}

std::uint64_t Supervisor::cut(const BackendKey& backend) {
  members_.cut(backend);
  wish_changed();
  return version_;
}

void Supervisor::end_cut() {
  members_.cut_none();
  wish_changed();
}

Acknowledgement Supervisor::acknowledgement(std::uint64_t version) const {
  return workers_.acknowledgement(version);
}

void Supervisor::on_unsaved(const ChangeRequest& request, const Error& why) {
  announce(EventKind::kWarning, LogLevel::kWarning, "state",
           fmt::format("{} is in force and not saved, as the saved state cannot have it: {}",
                       request.description, why.message));
}

void Supervisor::on_changed(const ChangeRequest& request, const ChangeOutcome& outcome) {
  std::size_t applied = 0;
  for (const WorkerOutcome& worker : outcome.workers) applied += worker.applied ? 1 : 0;
  const LogLevel level = applied == outcome.workers.size() ? LogLevel::kNotice : LogLevel::kWarning;
  const std::string message = fmt::format("generation {} at {}/{} workers, {}: {} ({})", outcome.generation,
                                          applied, outcome.workers.size(), request.caller.name,
                                          request.description, summarise_diff(outcome.differences));
  record(EventKind::kConfigChanged, "config",
         {level, message, request.description, outcome.generation, request.caller, {}});
}

void Supervisor::record(EventKind kind, const std::string& subject, JournalEntry entry) {
  const std::string what = std::exchange(entry.message, subject + " " + entry.message);
  entry.event = to_string(kind);
  // Who changed what stands there whatever level is logged.
  const bool wanted = !entry.change.empty() || entry.level <= log_level();
  const bool written = options_.workers.journal && wanted && write_to_journal(entry);
  if (!written) log(entry.level, "{}", entry.message);
  publish(kind, subject, what, entry.caller.name);
}

}  // namespace demo
