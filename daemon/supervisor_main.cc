// The daemon: reads flags, file and saved state, and composes supervisor and control API.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/background_log.h"
#include "base/error_lines.h"
#include "base/log.h"
#include "base/printable.h"
#include "channel/protobuf_log.h"
#include "config/auto_mode.h"
#include "config/config_diff.h"
#include "config/config_merge.h"
#include "config/doubts.h"
#include "control/connections/reserved_descriptors.h"
#include "control/connections/thread_limit.h"
#include "control/control_server.h"
#include "control/messages/config_json.h"
#include "control/tls/tcp_credentials.h"
#include "supervisor/handover/descriptor_store.h"
#include "supervisor/handover/inheritance.h"
#include "supervisor/loop/signals.h"
#include "supervisor/start/available_cores.h"
#include "supervisor/start/control_paths.h"
#include "supervisor/start/flags.h"
#include "supervisor/start/log_destination.h"
#include "supervisor/start/start_config.h"
#include "supervisor/start/worker_binary.h"
#include "supervisor/supervisor.h"

namespace {

using demo::Error;
using demo::LogLevel;

// Exit statuses, demo-server(8).
constexpr int kFailure = 1;
constexpr int kUsage = 2;
// The workers serve on, and another supervisor is to take over: the unit starts it whatever ended this one.
constexpr int kLeft = 5;

// Problems of a file are a line each.
int complain(const Error& error, int status) {
  std::string text;
  for (const std::string& line : demo::lines_of(error)) {
    text += (text.empty() ? "demo-server: " : "") + demo::printable(line) + "\n";
  }
  std::fputs(text.c_str(), stderr);
  return status;
}

// The exit status of a start that only says something.
int say(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return 0;
  std::fputs(fmt::format("demo-server: standard output cannot be written: {}\n",
                         std::generic_category().message(errno))
                 .c_str(),
             stderr);
  return kFailure;
}

// As it is where the current folder cannot be told any more.
std::string absolute_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

demo::SupervisorOptions compose(const demo::Flags& flags, demo::Config file, demo::StartState& state,
                                const demo::StateFormat& format, const demo::AvailableCores& cores,
                                const demo::WorkerBinary& binary) {
  demo::SupervisorOptions options;
  options.file_config = std::move(file);
  // Whoever asks for the status stands in another folder.
  if (!flags.config_file.empty()) options.config_file = absolute_path(flags.config_file);
  // A state that was saved before mode auto was part of it is decided by the backends that it has.
  if (state.saved) state.saved = demo::decide_auto_modes({}, std::move(*state.saved));
  const bool use_saved = state.saved && !flags.ignore_state;
  options.config = use_saved ? *state.saved : demo::decide_auto_modes({}, options.file_config);
  options.config_source = use_saved ? "state" : flags.config_file.empty() ? "flags" : "file";
  options.file_base = use_saved ? std::move(state.file) : options.file_config;
  options.file_base_kept = use_saved;
  if (use_saved && options.file_base) {
    demo::Config settled = demo::settled_base(*options.file_base, options.file_config, options.config);
    options.file_base_kept = settled == *options.file_base;
    options.file_base = std::move(settled);
  }
  options.read_file = [flags, cores](std::vector<std::string>& files) {
    return demo::read_configuration(flags, cores, &files);
  };
  options.read_text = [flags, cores](const std::string& text, const std::string& name) {
    return demo::read_configuration_text(flags, cores, text, name);
  };
  options.reopen_log = [path = flags.log_file] { return demo::open_log(path); };
  options.store = std::move(state.store);
  options.saved_config = state.saved;
  options.start_warning = state.warning;
  options.encode = format.encode;
  options.cores = cores;
  options.workers = {binary.path, demo::logs_to_journal() && flags.log_file.empty(),
                     demo::limits::kDrainTimeout, demo::limits::kWorkerHeartbeatTimeout, binary.file};
  options.verbose = flags.verbose;
  options.descriptor_store = demo::DescriptorStore::capacity_of_manager();
  return options;
}

std::optional<demo::ControlTcpOptions> control_tcp_options(const demo::Flags& flags) {
  if (!flags.control_tcp) return std::nullopt;
  return demo::ControlTcpOptions{*flags.control_tcp, flags.tls_certificate, flags.tls_key,
                                 flags.tls_client_ca, flags.insecure_everyone_on_this_host_is_admin};
}

// The rest of --check-config, once flags and file could be read: what a start would say of the files that the
// flags name. Paths that they do not name are for who starts the daemon, and whoever that is.
int check_rest(const demo::Flags& flags, const demo::Config& config) {
  std::vector<demo::Status> judged = {demo::check_log(flags.log_file)};
  if (!flags.state_dir.empty()) judged.push_back(demo::StateStore::check(flags.state_dir));
  if (!flags.control_path.empty()) {
    const auto paths = demo::check_control_paths(flags.control_path);
    judged.push_back(paths ? demo::check_control_sockets(paths->control, paths->monitor) : paths.error());
  }
  if (const auto tcp = control_tcp_options(flags)) judged.push_back(demo::check_control_tcp(*tcp));
  bool right = true;
  for (const demo::Status& status : judged) {
    if (!status) complain(in_typed_words(status.error(), flags), kUsage);
    right = right && status;
  }
  for (const std::string& doubt : demo::doubts(config)) {
    complain({demo::ErrorCode::kInvalidArgument, "warning: " + doubt, "", ""}, 0);
  }
  return right ? say("demo-server: flags and file are right\n") : kUsage;
}

demo::Result<std::unique_ptr<demo::ControlServer>> open_control(const demo::Flags& flags,
                                                                demo::Supervisor& supervisor) {
  demo::ControlOptions options;
  options.version = DEMO_VERSION;
  auto paths = demo::choose_control_paths(flags.control_path);
  if (!paths) return paths.error();
  options.control_path = paths->control;
  options.monitor_path = paths->monitor;
  options.tcp = control_tcp_options(flags);
  const auto refused = [](const std::string& why) {
    return Error{demo::ErrorCode::kResourceExhausted, "cannot serve the control API: " + why, "", ""};
  };
  if (auto enough = demo::check_thread_limit(demo::threads_of_api()); !enough)
    return refused(enough.error().message);
  // Its threads are made by libraries, which throw when there can be none.
  try {
    return demo::ControlServer::open(std::move(options), supervisor);
  } catch (const std::exception& error) {
    return refused(error.what());
  }
}

// What of flags and file is not in force because of a saved state; empty when it is, or when that is wanted.
std::string describe_unapplied(const demo::Flags& flags, const demo::SupervisorOptions& options,
                               bool sets_nothing) {
  if (options.config_source != "state") return "";
  const auto comparison = demo::compare_with_file(options.file_base, options.file_config, options.config);
  return demo::tell_unapplied_file(comparison, flags.config_file, flags.state_dir, sets_nothing);
}

// Which source won and what differs from flags and file.
std::string describe_source(const demo::SupervisorOptions& options) {
  const auto differences = demo::diff_config(options.file_config, options.config);
  if (differences.empty()) return options.config_source;
  return fmt::format("{}, which differs from flags and file: {}", options.config_source,
                     demo::summarise_diff(differences));
}

// said: what the configuration file says, and where.
int run(const demo::Flags& flags, demo::Config file, const demo::ConfigFile& said,
        const demo::AvailableCores& cores, demo::Inheritance inheritance) {
  const demo::StateFormat format{demo::config_to_json, demo::state_from_json};
  auto state = demo::read_state(flags, format);
  if (!state) return complain(in_typed_words(state.error(), flags), kFailure);
  const auto binary = demo::open_worker_binary();
  if (!binary) return complain(binary.error(), kFailure);
  demo::SupervisorOptions options = compose(flags, std::move(file), *state, format, cores, *binary);
  options.inheritance = std::move(inheritance);
  // A log file takes over descriptor 2: what goes wrong before the daemon runs is said where it was started.
  const int terminal = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  if (auto opened = demo::open_log(flags.log_file); !opened) {
    return complain(in_typed_words(opened.error(), flags), kFailure);
  }
  const std::string source = describe_source(options);
  const std::string unapplied = describe_unapplied(flags, options, said.sets_nothing);
  const std::vector<std::string> doubted = demo::doubts(options.config);
  demo::log_in_background();
  const auto fail = [terminal](const Error& error) {
    demo::flush_log();
    ::dup2(terminal, STDERR_FILENO);
    return complain(error, kFailure);
  };
  const bool file_listens = options.config_source == "file" && flags.listen.empty();
  boost::asio::io_context loop;
  auto supervisor = demo::Supervisor::open(loop, std::move(options));
  if (!supervisor) return fail(file_listens ? demo::in_file(said, supervisor.error()) : supervisor.error());
  auto control = open_control(flags, **supervisor);
  if (!control) return fail(control.error());
  ::close(terminal);
  if (!state->damage.empty()) demo::log(LogLevel::kError, "{}", state->damage);
  if (!state->warning.empty()) demo::log(LogLevel::kWarning, "{}", state->warning);
  demo::log(LogLevel::kNotice, "configuration from {}", source);
  if (!unapplied.empty()) demo::log(LogLevel::kWarning, "{}", unapplied);
  for (const std::string& doubt : doubted) demo::log(LogLevel::kWarning, "{}", doubt);
  const int status = (*supervisor)->run();
  // Whatever still takes time, a further signal ends at once.
  demo::Signals::leave_to_kernel();
  using demo::ControlServer;
  (*control)->shutdown((*supervisor)->left() ? ControlServer::kHurry : ControlServer::kPatience);
  demo::flush_log();
  return (*supervisor)->left() ? kLeft : status;
}

}  // namespace

int main(int argc, char** argv) {
  demo::Inheritance inheritance = demo::read_inheritance();
  // As long as workers of a supervisor before serve, somebody may mend flags and file: the unit is to try
  // again.
  const int usage = inheritance.any() ? kFailure : kUsage;
  auto line = demo::parse_command_line(argc, argv, DEMO_VERSION);
  if (!line) return complain(line.error(), usage);
  if (line->print) return say(*line->print);
  // A file that may not grow (setrlimit(2), RLIMIT_FSIZE) is an error of write(2), and no end.
  for (const int ignored : {SIGPIPE, SIGUSR2, SIGXFSZ}) std::signal(ignored, SIG_IGN);
  // Ignored by whoever started us, it would take the exit status of every worker away (wait(2), "Notes").
  std::signal(SIGCHLD, SIG_DFL);
  // One that comes before there is a loop waits for it.
  if (!line->flags.check_config) demo::Signals::block();
  demo::log_protobuf_messages();
  const demo::AvailableCores cores = demo::read_available_cores();
  demo::ConfigFile said;
  auto config = demo::read_configuration(line->flags, cores, nullptr, &said);
  if (!config) return complain(in_typed_words(config.error(), line->flags), usage);
  if (line->flags.check_config) return check_rest(line->flags, config->config);
  demo::set_descriptor_limit();
  return run(line->flags, std::move(config->config), said, cores, std::move(inheritance));
}
