#include "control/messages/report_messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "base/printable.h"
#include "config/config_diff.h"
#include "config/config_merge.h"
#include "config/config_toml.h"
#include "config/no_such_pool.h"
#include "control/messages/auto_decisions.h"
#include "control/messages/confinement_message.h"
#include "control/messages/timestamp.h"
#include "control/messages/translate.h"

namespace demo {

namespace pb = control::v1;

namespace {

// Text for people. It may name what holds any bytes, such as a path of the file system, and a string of
// protobuf must be UTF-8: one that is not spoils the whole message.
template <typename Strings, typename Repeated>
void write_strings(const Strings& strings, Repeated& field) {
  for (const std::string& text : strings) field.Add(printable(text));
}

void write_whole(const Config& config, pb::Config& message) {
  to_message(config, message);
  write_auto_decisions(config, message);
}

// By way of the Config message, so that this enum too is translated in one place.
pb::AcceptMode accept_mode_message(AcceptMode mode) {
  Listener listener;
  listener.accept_mode = mode;
  pb::Listener message;
  to_message(listener, message);
  return message.accept_mode();
}

void write_option_value(OptionForm form, const std::string& text, google::protobuf::Value& value) {
  switch (form) {
    case OptionForm::kNumber:
      return value.set_number_value(std::strtod(text.c_str(), nullptr));
    case OptionForm::kSwitch:
      return value.set_bool_value(text != "0");
    case OptionForm::kText:
      return value.set_string_value(printable(text));
  }
}

void write_restraint(const Restraint& restraint, pb::BackendRestraint& message) {
  message.set_worker(restraint.worker);
  message.set_failures(restraint.failures);
  message.set_reason(printable(restraint.reason));
  write_timestamp(restraint.since, *message.mutable_since());
  write_timestamp(restraint.since + restraint.time, *message.mutable_until());
}

pb::WorkerState worker_state(WorkerState state) {
  switch (state) {
    case WorkerState::kStarting:
      return pb::WORKER_STATE_STARTING;
    case WorkerState::kReady:
      return pb::WORKER_STATE_READY;
    case WorkerState::kDraining:
      return pb::WORKER_STATE_DRAINING;
    case WorkerState::kBackingOff:
      return pb::WORKER_STATE_BACKING_OFF;
  }
  std::abort();
}

}  // namespace

void write_result(const ChangeOutcome& outcome, bool dry_run, pb::MutationResult& result) {
  result.set_generation(outcome.generation);
  for (const WorkerOutcome& worker : outcome.workers) {
    auto& message = *result.add_workers();
    message.set_worker(worker.worker);
    message.set_applied(worker.applied);
    message.set_error(printable(worker.error));
  }
  write_strings(outcome.differences, *result.mutable_differences());
  write_strings(outcome.warnings, *result.mutable_warnings());
  result.set_persisted(outcome.persisted);
  result.set_dry_run(dry_run);
}

void write_comparison(const StatusReport& report, const FileLook& look, pb::FileComparison& message) {
  const FileComparison comparison = compare_with_file(report.file_base, look.config, report.config);
  message.set_file(printable(look.name));
  message.set_equal(comparison.equal);
  message.set_base_known(comparison.base_known);
  message.set_differences(static_cast<std::uint32_t>(comparison.differences));
  message.set_runtime_changes(static_cast<std::uint32_t>(comparison.runtime_changes));
  message.set_file_changes(static_cast<std::uint32_t>(comparison.file_changes));
  message.set_collisions(static_cast<std::uint32_t>(comparison.collisions));
  message.set_problem(printable(look.problem));
}

void write_file_outcome(const FileOutcome& outcome, bool dry_run, pb::ApplyFileResponse& response) {
  write_result(outcome.change, dry_run, *response.mutable_result());
  for (const Collision& collision : outcome.merge.collisions) {
    auto& message = *response.add_collisions();
    message.set_path(collision.path);
    message.set_file(collision.file);
    message.set_running(collision.running);
  }
  write_strings(outcome.kept, *response.mutable_kept());
  response.set_base_known(outcome.base_known);
}

namespace {

std::string why_no_start(const FileLook& look) {
  const std::string file = look.name.empty() ? "" : fmt::format(" --config {}", look.name);
  return fmt::format(
      "the next start would fail: {}; what runs goes on: mend it before a restart (demo-server{} "
      "--check-config tells all that is wrong)",
      look.problem, file);
}

std::string why_not_taken(const FileLook& look) {
  return fmt::format(
      "{} is not taken: {}; what was last taken of it stays (democtl config reset --allow-empty goes back to "
      "it all the same)",
      look.name, look.problem);
}

}  // namespace

void write_status(const StatusReport& report, const FileLook& look, std::string_view version,
                  pb::GetStatusResponse& response) {
  response.set_version(std::string(version));
  response.set_generation(report.generation);
  response.set_pid(report.pid);
  write_timestamp(report.started, *response.mutable_started());
  response.set_degraded(report.degraded || look.stops_start || look.emptied);
  if (look.stops_start) response.add_problems(printable(why_no_start(look)));
  if (look.emptied) response.add_problems(printable(why_not_taken(look)));
  write_strings(report.problems, *response.mutable_problems());
  response.set_config_source(report.config_source);
  if (report.upgrade.number > 0 || !report.upgrade.under_way.empty()) {
    response.mutable_upgrade()->set_number(report.upgrade.number);
    response.mutable_upgrade()->set_failure(report.upgrade.failure);
    response.mutable_upgrade()->set_under_way(report.upgrade.under_way);
  }
  const auto planned = std::count_if(report.workers.begin(), report.workers.end(),
                                     [](const WorkerReport& w) { return w.planned; });
  response.set_workers(static_cast<std::uint32_t>(planned));
  const auto ready = std::count_if(report.workers.begin(), report.workers.end(), [](const WorkerReport& w) {
    return w.planned && w.state == WorkerState::kReady && w.trouble.empty();
  });
  response.set_workers_ready(static_cast<std::uint32_t>(ready));
  pb::Config config;
  to_message(report.config, config);
  response.set_accept_mode(config.accept_mode());
  response.set_log_level(config.log_level());
  response.set_client_keepalive(report.config.client_keepalive.enabled);
  response.set_backend_keepalive(report.config.backend_keepalive.enabled);
  response.set_listeners(static_cast<std::uint32_t>(report.listeners.size()));
  response.set_backends(static_cast<std::uint32_t>(report.backends.size()));
  const auto usable = std::count_if(report.backends.begin(), report.backends.end(),
                                    [](const BackendReport& b) { return b.judgement.usable; });
  response.set_backends_usable(static_cast<std::uint32_t>(usable));
  response.set_persistent(report.persistent);
  write_comparison(report, look, *response.mutable_file());
  if (const auto common = common_confinement(report.workers))
    write_confinement(*common, *response.mutable_worker_confinement());
}

void write_listeners(const StatusReport& report, pb::ListListenersResponse& response) {
  response.set_generation(report.generation);
  for (const ListenerReport& listener : report.listeners) {
    auto& message = *response.add_listeners();
    to_message(listener.listener, *message.mutable_listener());
    if (listener.listener.mode == ListenerMode::kAuto) {
      message.mutable_listener()->set_auto_forwards(listener.listener.auto_forwards);
    }
    message.set_bound_address(listener.bound.to_string());
    message.set_accept_mode(accept_mode_message(listener.accept_mode));
    message.set_accept_mode_reason(listener.accept_mode_reason);
    message.set_problem(printable(listener.problem));
    for (const SocketOptionReport& option : listener.options) {
      auto& written = *message.add_options();
      written.set_name(option.name);
      write_option_value(option.form, option.requested, *written.mutable_requested());
      if (option.error.empty()) {
        write_option_value(option.form, option.effective, *written.mutable_effective());
      }
      written.set_error(printable(option.error));
    }
  }
}

Status write_backends(const StatusReport& report, std::string_view pool, pb::ListBackendsResponse& response) {
  if (!pool.empty() && find_pool(report.config, pool) == nullptr) {
    return no_such_pool(report.config, std::string(pool));
  }
  response.set_generation(report.generation);
  for (const BackendReport& backend : report.backends) {
    if (!pool.empty() && backend.pool != pool) continue;
    auto& message = *response.add_backends();
    message.set_pool(backend.pool);
    to_message(backend.backend, *message.mutable_backend());
    for (const MemberReport& member : backend.members) {
      auto& written = *message.add_members();
      written.set_address(member.address.to_string());
      written.set_up(member.up);
      written.set_reason(printable(member.reason));
      written.set_health(printable(member.judgement.text));
      written.set_usable(member.judgement.usable);
      written.set_shortage(printable(member.shortage));
      for (const Restraint& restraint : member.restraints) {
        const bool ejects = restraint.news == BackendNews::kEjected;
        write_restraint(restraint, ejects ? *written.add_ejections() : *written.add_distrusts());
      }
    }
    message.set_health(printable(backend.judgement.text));
    message.set_usable(backend.judgement.usable);
  }
  return {};
}

void write_pools(const StatusReport& report, pb::ListPoolsResponse& response) {
  response.set_generation(report.generation);
  for (const Pool& pool : report.config.pools) to_message(pool, *response.add_pools());
}

void write_workers(const StatusReport& report, pb::ListWorkersResponse& response) {
  response.set_generation(report.generation);
  for (const WorkerReport& worker : report.workers) {
    auto& message = *response.add_workers();
    message.set_worker(worker.index);
    message.set_core(worker.core);
    message.set_pid(worker.pid);
    message.set_state(worker_state(worker.state));
    message.set_generation(worker.generation);
    message.set_respawns(worker.respawns);
    message.set_last_exit(printable(worker.last_exit));
    message.set_trouble(printable(worker.shortage.empty() ? worker.trouble : worker.shortage));
    write_strings(worker.problems, *message.mutable_problems());
    if (worker.confinement) write_confinement(*worker.confinement, *message.mutable_confinement());
  }
}

namespace {

// What differs between file and running state, and who changed it.
void write_origins(const StatusReport& report, const FileLook& look, pb::GetConfigResponse& response) {
  response.set_file_base_known(report.file_base.has_value());
  const ConfigMerge merge = merge_config(report.file_base, look.config, report.config, MergeSide::kNone);
  for (const MergedValue& value : merge.values) {
    pb::FileDifference& message = *response.add_file_differences();
    message.set_path(value.path);
    if (value.base) message.set_base(*value.base);
    if (value.file) message.set_file(*value.file);
    if (value.running) message.set_running(*value.running);
    message.set_change(value.origin == ValueOrigin::kFile      ? pb::FILE_CHANGE_TAKE
                       : value.origin == ValueOrigin::kRunning ? pb::FILE_CHANGE_KEEP
                                                               : pb::FILE_CHANGE_COLLIDE);
  }
}

}  // namespace

void write_config(const StatusReport& report, const FileLook& look, pb::GetConfigResponse& response) {
  write_whole(report.config, *response.mutable_running());
  write_whole(look.config, *response.mutable_file());
  response.set_file_problem(printable(look.problem));
  if (report.saved_config) {
    write_whole(*report.saved_config, *response.mutable_saved());
    write_strings(diff_config(*report.saved_config, report.config),
                  *response.mutable_differences_from_saved());
  }
  write_strings(diff_config(look.config, report.config), *response.mutable_differences_from_file());
  write_origins(report, look, response);
  response.set_generation(report.generation);
}

void write_toml(const StatusReport& report, const FileLook& look, std::string_view version,
                pb::GetConfigResponse& response) {
  const auto toml = [version](std::string_view what, const Config& config) {
    return config_to_toml(
        config,
        fmt::format("{} of demo-server {}, printed by democtl config show -o toml.\n"
                    "Flags of the daemon win over this file. What is left out has its default:\n"
                    "demo-server.toml(5) explains every key, demo-server --check-config --config FILE "
                    "reads it.",
                    what, version));
  };
  response.set_running_toml(
      toml(fmt::format("The running configuration (generation {})", report.generation), report.config));
  if (report.saved_config) response.set_saved_toml(toml("The saved configuration", *report.saved_config));
  response.set_file_toml(toml("What flags and configuration file say", look.config));
}

namespace {

std::string without_caller(const Event& event) {
  constexpr std::string_view kSomebody = "an administrator";
  std::string text = event.message;
  if (event.caller.empty()) return text;
  for (std::size_t at = 0; (at = text.find(event.caller, at)) != std::string::npos; at += kSomebody.size())
    text.replace(at, event.caller.size(), kSomebody);
  return text;
}

}  // namespace

pb::EventKind event_kind(EventKind kind) {
  switch (kind) {
    case EventKind::kWorkerStarted:
      return pb::EVENT_KIND_WORKER_STARTED;
    case EventKind::kWorkerReady:
      return pb::EVENT_KIND_WORKER_READY;
    case EventKind::kWorkerDied:
      return pb::EVENT_KIND_WORKER_DIED;
    case EventKind::kWorkerExited:
      return pb::EVENT_KIND_WORKER_EXITED;
    case EventKind::kWorkerDraining:
      return pb::EVENT_KIND_WORKER_DRAINING;
    case EventKind::kBackendUp:
      return pb::EVENT_KIND_BACKEND_UP;
    case EventKind::kBackendDown:
      return pb::EVENT_KIND_BACKEND_DOWN;
    case EventKind::kBackendEjected:
      return pb::EVENT_KIND_BACKEND_EJECTED;
    case EventKind::kBackendFailing:
      return pb::EVENT_KIND_BACKEND_FAILING;
    case EventKind::kBackendDraining:
      return pb::EVENT_KIND_BACKEND_DRAINING;
    case EventKind::kBackendDrained:
      return pb::EVENT_KIND_BACKEND_DRAINED;
    case EventKind::kConfigChanged:
      return pb::EVENT_KIND_CONFIG_CHANGED;
    case EventKind::kWarning:
      return pb::EVENT_KIND_WARNING;
  }
  std::abort();
}

void write_progress(const DrainProgress& progress, pb::DrainProgress& message) {
  message.set_ended(progress.ended);
  message.set_at_start(progress.at_start);
  message.set_remaining(progress.remaining);
  message.set_forced(progress.forced);
  message.set_lost(progress.lost);
  message.set_id(progress.id);
  if (progress.last_event > 0) message.set_last_event(progress.last_event);
  if (!progress.failure.empty()) message.set_failure(printable(progress.failure));
}

void write_event(const Event& event, bool with_callers, pb::Event& message) {
  message.set_sequence(event.sequence);
  write_timestamp(event.at, *message.mutable_at());
  message.set_kind(event_kind(event.kind));
  message.set_subject(printable(event.subject));
  message.set_message(printable(with_callers ? event.message : without_caller(event)));
  if (with_callers) message.set_caller(printable(event.caller));
  message.set_generation(event.generation);
  if (event.drain) write_progress(*event.drain, *message.mutable_drain());
}

}  // namespace demo
