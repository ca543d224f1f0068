#include "supervisor/carried_state.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace demo {
namespace {

using internal::v1::RunState;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using WallClock = std::chrono::system_clock;

std::int64_t to_ns(WallClock::time_point time) {
  return duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

WallClock::time_point from_ns(std::int64_t ns) {
  return WallClock::time_point(duration_cast<WallClock::duration>(std::chrono::nanoseconds(ns)));
}

void write_progress(const DrainProgress& progress, RunState::DrainProgress& record) {
  record.set_ended(progress.ended);
  record.set_at_start(progress.at_start);
  record.set_remaining(progress.remaining);
  record.set_forced(progress.forced);
  record.set_lost(progress.lost);
  record.set_id(progress.id);
  record.set_failure(progress.failure);
}

DrainProgress read_progress(const RunState::DrainProgress& record) {
  DrainProgress progress;
  progress.ended = record.ended();
  progress.at_start = record.at_start();
  progress.remaining = record.remaining();
  progress.forced = record.forced();
  progress.lost = record.lost();
  progress.id = record.id();
  progress.failure = record.failure();
  return progress;
}

void write_event(const Event& event, RunState::Event& record) {
  record.set_sequence(event.sequence);
  record.set_at_ns(to_ns(event.at));
  record.set_kind(std::string(to_string(event.kind)));
  record.set_subject(event.subject);
  record.set_message(event.message);
  record.set_caller(event.caller);
  record.set_generation(event.generation);
  if (event.drain) write_progress(*event.drain, *record.mutable_drain());
}

Event read_event(const RunState::Event& record) {
  Event event;
  event.sequence = record.sequence();
  event.at = from_ns(record.at_ns());
  event.kind = event_kind(record.kind());
  event.subject = record.subject();
  event.message = record.message();
  event.caller = record.caller();
  event.generation = record.generation();
  if (record.has_drain()) event.drain = read_progress(record.drain());
  return event;
}

void write_notice(const HeldNotice& held, RunState::Notice& record) {
  record.set_pool(held.notice.pool);
  record.set_endpoint(held.notice.endpoint);
  record.set_address(held.notice.address.to_string());
  record.set_failures(held.notice.failures);
  record.set_reason(held.notice.reason);
  record.set_time_ms(held.notice.time.count());
  record.set_since_ns(held.since_ns);
  record.set_since_wall_ns(to_ns(held.since));
}

std::optional<HeldNotice> read_notice(const RunState::Notice& record, BackendNews news) {
  const auto address = Address::parse(record.address());
  if (!address) return std::nullopt;
  BackendNotice notice;
  notice.news = news;
  notice.pool = record.pool();
  notice.endpoint = record.endpoint();
  notice.address = *address;
  notice.failures = record.failures();
  notice.reason = record.reason();
  notice.time = milliseconds(record.time_ms());
  return HeldNotice{std::move(notice), record.since_ns(), from_ns(record.since_wall_ns())};
}

void write_drain(const BackendDrains::Carried& drain, RunState::Drain& record) {
  record.set_pool(drain.backend.pool);
  record.set_endpoint(drain.backend.endpoint);
  record.set_caller(drain.caller);
  record.set_remove(drain.remove);
  record.set_persist(drain.persist);
  record.set_id(drain.id);
  record.set_left_ms(drain.left.count());
  record.set_at_start(drain.at_start);
  record.set_lost_at_start(drain.lost_at_start);
  record.set_forced_at_start(drain.forced_at_start);
  if (drain.before) record.set_before(std::string(to_string(*drain.before)));
}

BackendDrains::Carried read_drain(const RunState::Drain& record) {
  BackendDrains::Carried drain;
  drain.backend = {record.pool(), record.endpoint()};
  drain.caller = record.caller();
  drain.remove = record.remove();
  drain.persist = record.persist();
  drain.id = record.id();
  drain.left = milliseconds(record.left_ms());
  drain.at_start = record.at_start();
  drain.lost_at_start = record.lost_at_start();
  drain.forced_at_start = record.forced_at_start();
  if (record.has_before()) drain.before = parse_word<BackendState>(record.before());
  return drain;
}

Result<std::optional<Config>> read_base(bool there, const std::string& text, const Config& running,
                                        const CarriedState::Decode& decode) {
  if (!there) return std::optional<Config>();
  if (text.empty()) return std::optional<Config>(running);
  auto config = decode(text);
  if (!config) return config.error();
  return std::optional<Config>(std::move(*config));
}

Result<SavedState::Carried> read_saved(const RunState& state, const Config& first,
                                       const CarriedState::Decode& decode) {
  SavedState::Carried saved;
  saved.lasting = first;
  if (!state.lasting().empty()) {
    auto lasting = decode(state.lasting());
    if (!lasting) return lasting.error();
    saved.lasting = std::move(*lasting);
  }
  auto lasting_base = read_base(state.has_lasting_base(), state.lasting_base(), first, decode);
  if (!lasting_base) return lasting_base.error();
  auto running_base = read_base(state.has_running_base(), state.running_base(), first, decode);
  if (!running_base) return running_base.error();
  saved.lasting_base = std::move(*lasting_base);
  saved.running_base = std::move(*running_base);
  saved.base_is_shared = state.base_is_shared();
  return saved;
}

}  // namespace

void CarriedState::write(RunState& state) const {
  const SupervisorOptions& options = parts_.options;
  state.set_version(options.version);
  state.set_path(options.program.path);
  state.set_config_source(options.config_source);
  state.set_start_warning(options.start_warning);
  state.set_started_ns(to_ns(options.started));
  write_saved(state);
  write_backends(state);
  state.set_last_event(parts_.events.last());
  for (const EventPtr& event : parts_.events.kept()) write_event(*event, *state.add_events());
  for (const WorkerReport& worker : parts_.fleet.workers().reports()) {
    if (!worker.planned) continue;
    RunState::WorkerPast& record = *state.add_workers();
    record.set_index(worker.index);
    record.set_respawns(worker.respawns);
    for (const HeldNotice& held : parts_.fleet.workers().ejections_of(worker.index)) {
      RunState::Notice& ejection = *state.add_ejections();
      write_notice(held, ejection);
      ejection.set_worker(worker.index);
    }
  }
  state.set_log_losses(parts_.fleet.log_losses());
  state.set_reload_owed(parts_.reloads);
}

void CarriedState::write_saved(RunState& state) const {
  const SavedState::Carried saved = parts_.saved.carried();
  state.set_config(parts_.options.encode(parts_.running.config));
  const auto other = [&](const Config& config) {
    return config == parts_.running.config ? std::string() : parts_.options.encode(config);
  };
  state.set_lasting(other(saved.lasting));
  if (saved.running_base) state.set_running_base(other(*saved.running_base));
  if (saved.lasting_base) {
    const bool same = saved.lasting_base == saved.running_base;
    state.set_lasting_base(same ? state.running_base() : other(*saved.lasting_base));
  }
  state.set_base_is_shared(saved.base_is_shared);
}

void CarriedState::write_backends(RunState& state) const {
  for (const auto& [key, verdict] : parts_.members.known_health()) {
    RunState::Health& record = *state.add_health();
    record.set_pool(std::get<0>(key));
    record.set_endpoint(std::get<1>(key));
    record.set_address(std::get<2>(key));
    record.set_up(verdict.up);
    record.set_reason(verdict.reason);
  }
  for (const HeldNotice& held : parts_.fleet.workers().distrusts()) {
    write_notice(held, *state.add_distrusts());
  }
  for (const auto& [slot, rise] : parts_.snapshots.rises().known()) {
    RunState::Rise& record = *state.add_rises();
    record.set_slot(slot);
    record.set_address(rise.first.to_string());
    record.set_since_ns(rise.second);
  }
  for (const BackendDrains::Carried& drain : parts_.drains.carried()) write_drain(drain, *state.add_drains());
}

void CarriedState::restore(const RunState& state, bool came_back) {
  std::vector<Event> events;
  for (const RunState::Event& record : state.events()) events.push_back(read_event(record));
  // Another version that did not get to serve has told of events, too.
  const std::uint64_t last = state.last_event();
  parts_.events.restore(events, came_back ? std::max(last, EventLog::number_of_now()) : last);
  HealthChecker::Known health;
  for (const RunState::Health& record : state.health()) {
    health[{record.pool(), record.endpoint(), record.address()}] = {record.up(), true, record.reason(), ""};
  }
  parts_.members.remember_health(std::move(health));
  for (const RunState::Notice& record : state.distrusts()) {
    if (const auto held = read_notice(record, BackendNews::kDistrusted))
      parts_.fleet.workers().distrust(*held);
  }
  for (const RunState::Notice& record : state.ejections()) {
    if (auto held = read_notice(record, BackendNews::kEjected))
      parts_.fleet.workers().remember_ejection(record.worker(), std::move(*held));
  }
  MemberRises::Known rises;
  for (const RunState::Rise& record : state.rises()) {
    if (const auto address = Address::parse(record.address()))
      rises[record.slot()] = {*address, record.since_ns()};
  }
  parts_.snapshots.rises().restore(rises);
  for (const RunState::WorkerPast& record : state.workers()) {
    parts_.fleet.workers().remember_respawns(record.index(), record.respawns());
  }
  parts_.fleet.remember_log_losses(state.log_losses());
}

Status CarriedState::restore_saved(const RunState& state) {
  auto saved = read_saved(state, parts_.options.config, parts_.options.decode);
  if (!saved) return saved.error();
  parts_.saved.go_on(std::move(*saved));
  return {};
}

void CarriedState::go_on(const RunState& state) {
  for (const RunState::Drain& record : state.drains()) parts_.drains.go_on(read_drain(record));
}

Result<Config> check_carried(const RunState& state, const CarriedState::Decode& decode) {
  auto config = decode(state.config());
  if (!config) return config.error();
  auto saved = read_saved(state, *config, decode);
  if (!saved) return saved.error();
  return config;
}

WallClock::time_point started_of(const RunState& state) { return from_ns(state.started_ns()); }

}  // namespace demo
