#include "launch/compose_options.h"

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "config/auto_mode.h"
#include "config/config_merge.h"
#include "control/messages/config_json.h"
#include "supervisor/carried_state.h"
#include "supervisor/handover/descriptor_store.h"
#include "supervisor/start/log_destination.h"
#include "supervisor/start/worker_user.h"

namespace demo {
namespace {

// As it is where the current folder cannot be told any more.
std::string absolute_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

// Which configuration is to run, of those that there are.
void choose_config(const Launch& launch, StartState& state, SupervisorOptions& options) {
  // A state that was saved before mode auto was part of it is decided by the backends that it has.
  if (state.saved) state.saved = decide_auto_modes({}, std::move(*state.saved));
  const bool use_saved = state.saved && !launch.flags.ignore_state;
  options.config = use_saved ? *state.saved : decide_auto_modes({}, options.file_config);
  options.config_source = use_saved ? "state" : launch.flags.config_file.empty() ? "flags" : "file";
  options.file_base = use_saved ? std::move(state.file) : options.file_config;
  options.file_base_kept = use_saved;
  if (!use_saved || !options.file_base) return;
  Config settled = settled_base(*options.file_base, options.file_config, options.config);
  options.file_base_kept = settled == *options.file_base;
  options.file_base = std::move(settled);
}

// What ran goes on, whatever flags, file and saved state say by now. What another version configured that
// this one does not know was told when it rehearsed.
Status go_on_with(const internal::v1::RunState& state, SupervisorOptions& options) {
  auto config = config_of_json(state.config());
  if (!config) return config.error();
  options.config = std::move(*config);
  options.config_source = state.config_source();
  if (options.start_warning.empty()) options.start_warning = state.start_warning();
  options.started = started_of(state);
  return {};
}

}  // namespace

StateFormat state_format() { return {config_to_json, state_from_json}; }

Result<Config> config_of_json(std::string_view json) {
  auto decoded = state_from_json(json);
  if (!decoded) return decoded.error();
  return std::move(decoded->config);
}

Result<WorkerSettings> worker_settings(const Flags& flags, const WorkerBinary& binary) {
  auto user = worker_user(flags.worker_user);
  if (!user) return user.error();
  const bool journal = logs_to_journal() && flags.log_file.empty();
  return WorkerSettings{binary.path, journal, limits::kDrainTimeout, limits::kWorkerHeartbeatTimeout,
                        binary.file, *user};
}

Result<SupervisorOptions> compose_options(Launch& launch, StartState& state, const WorkerBinary& binary) {
  const Flags& flags = launch.flags;
  const AvailableCores& cores = launch.cores;
  SupervisorOptions options;
  options.file_config = std::move(launch.file);
  // Whoever asks for the status stands in another folder.
  if (!flags.config_file.empty()) options.config_file = absolute_path(flags.config_file);
  choose_config(launch, state, options);
  options.start_warning = state.warning;
  options.run_state = std::exchange(launch.inheritance.run_state, std::nullopt);
  if (options.run_state) {
    if (auto gone_on = go_on_with(*options.run_state, options); !gone_on) return gone_on.error();
  }
  options.read_file = [flags, cores](std::vector<std::string>& files) {
    return read_configuration(flags, cores, &files);
  };
  options.read_text = [flags, cores](const std::string& text, const std::string& name) {
    return read_configuration_text(flags, cores, text, name);
  };
  options.reopen_log = [path = flags.log_file] { return open_log(path); };
  options.store = std::move(state.store);
  options.saved_config = state.saved;
  options.encode = config_to_json;
  options.decode = config_of_json;
  options.cores = cores;
  auto workers = worker_settings(flags, binary);
  if (!workers) return workers.error();
  options.workers = std::move(*workers);
  options.verbose = flags.verbose;
  options.descriptor_store = DescriptorStore::capacity_of_manager();
  if (const auto& why = launch.inheritance.refusal) {
    options.refusal = why->empty() ? "it could not tell why" : *why;
  }
  options.version = DEMO_VERSION;
  options.program = launch.program;
  options.inheritance = std::move(launch.inheritance);
  return options;
}

}  // namespace demo
