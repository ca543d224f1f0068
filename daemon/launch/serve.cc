#include "launch/serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/background_log.h"
#include "base/error_lines.h"
#include "base/log.h"
#include "base/unique_fd.h"
#include "config/config_diff.h"
#include "config/doubts.h"
#include "launch/compose_options.h"
#include "launch/control_retry.h"
#include "launch/exit_status.h"
#include "launch/open_control.h"
#include "launch/terminal.h"
#include "supervisor/loop/signals.h"
#include "supervisor/start/log_destination.h"

namespace demo {
namespace {

// What of flags and file is not in force because of a saved state; empty when it is, or when that is wanted.
std::string describe_unapplied(const Flags& flags, const SupervisorOptions& options, bool sets_nothing) {
  if (options.config_source != "state") return "";
  const auto comparison = compare_with_file(options.file_base, options.file_config, options.config);
  return tell_unapplied_file(comparison, flags.config_file, flags.state_dir, sets_nothing);
}

// Which source won and what differs from flags and file.
std::string describe_source(const SupervisorOptions& options) {
  const auto differences = diff_config(options.file_config, options.config);
  if (differences.empty()) return options.config_source;
  return fmt::format("{}, which differs from flags and file: {}", options.config_source,
                     summarise_diff(differences));
}

// What is said once, when the daemon begins to run.
class FirstWords {
 public:
  FirstWords(const Launch& launch, const StartState& state, const SupervisorOptions& options)
      : damage_(state.damage),
        warning_(state.warning),
        source_(describe_source(options)),
        unapplied_(options.run_state ? ""
                                     : describe_unapplied(launch.flags, options, launch.said.sets_nothing)),
        doubts_(doubts(options.config)) {}

  void say() const {
    if (!damage_.empty()) log(LogLevel::kError, "{}", damage_);
    if (!warning_.empty()) log(LogLevel::kWarning, "{}", warning_);
    log(LogLevel::kNotice, "configuration from {}", source_);
    if (!unapplied_.empty()) log(LogLevel::kWarning, "{}", unapplied_);
    for (const std::string& doubt : doubts_) log(LogLevel::kWarning, "{}", doubt);
  }

 private:
  const std::string damage_;
  const std::string warning_;
  const std::string source_;
  const std::string unapplied_;
  const std::vector<std::string> doubts_;
};

// What is due at once, once: what that brings about is the next version's.
void settle(boost::asio::io_context& loop) {
  loop.restart();
  loop.poll();
}

// Until the daemon ends, or another program is executed in its place. Where that cannot be, all goes on.
// kept: of the API of a version before, what this one did not take.
int run_with_control(const Flags& flags, Supervisor& supervisor, boost::asio::io_context& loop,
                     std::unique_ptr<ControlServer> control, NamedFds kept) {
  for (;;) {
    ControlRetry retry(loop, flags, supervisor, control, kept);
    const int status = supervisor.run();
    const bool upgrades = supervisor.upgrade_is_due();
    // Whatever still takes time, a further signal ends at once.
    if (!upgrades) Signals::leave_to_kernel();
    // Changes that are done are answered in the turns after.
    if (upgrades) settle(loop);
    if (control && upgrades) {
      kept = control->hand_over(ControlServer::kHurry);
    } else if (control) {
      control->shutdown(supervisor.left() ? ControlServer::kHurry : ControlServer::kPatience);
    }
    control.reset();
    flush_log();
    if (!upgrades) return supervisor.left() ? kLeft : status;
    supervisor.execute_upgrade(kept);
  }
}

// The worker's program, which lies open for a version that goes on after all: what lies beside it by now is
// another version's.
Result<WorkerBinary> worker_binary(Inheritance& inheritance) {
  if (!inheritance.came_back() || !inheritance.worker_program) return open_worker_binary();
  return WorkerBinary{worker_path(), SharedFd(std::move(inheritance.worker_program))};
}

// A version that goes on after all serves without what cannot be had, rather than not at all.
Result<StartState> state_to_start_from(const Launch& launch) {
  auto state = read_state(launch.flags, state_format());
  if (state || !launch.inheritance.came_back()) return state;
  StartState nothing;
  nothing.warning = "nothing is saved: " + state.error().message;
  return nothing;
}

}  // namespace

int refuse(const Error& error, int status, Fallback* way_back) {
  const int result = complain(error, status);
  if (way_back != nullptr) way_back->run(in_one_line(error));
  return result;
}

int serve(Launch launch, Fallback* way_back) {
  const Flags flags = launch.flags;
  const Inheritance& inheritance = launch.inheritance;
  if (inheritance.of_program && inheritance.any() && !inheritance.run_state) {
    const Error unreadable{ErrorCode::kInternal, "cannot read what the version before passed on", "", ""};
    return refuse(unreadable, kFailure, way_back);
  }
  const bool came_back = inheritance.came_back();
  auto state = state_to_start_from(launch);
  if (!state) return refuse(in_typed_words(state.error(), flags), kFailure, way_back);
  const auto binary = worker_binary(launch.inheritance);
  if (!binary) return refuse(binary.error(), kFailure, way_back);
  NamedFds kept = std::move(launch.inheritance.api);
  auto options = compose_options(launch, *state, *binary);
  if (!options) return refuse(options.error(), kFailure, way_back);
  options->way_back = way_back;
  // A log file takes over descriptor 2: what goes wrong before the daemon runs is said where it was started.
  UniqueFd terminal(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
  if (auto opened = open_log(flags.log_file); !opened && !came_back) {
    return refuse(in_typed_words(opened.error(), flags), kFailure, way_back);
  }
  const FirstWords words(launch, *state, *options);
  log_in_background();
  const auto fail = [&](const Error& error) {
    flush_log();
    ::dup2(terminal.get(), STDERR_FILENO);
    return refuse(error, kFailure, way_back);
  };
  const bool file_listens = options->config_source == "file" && flags.listen.empty();
  boost::asio::io_context loop;
  auto supervisor = Supervisor::open(loop, std::move(*options));
  if (!supervisor) return fail(file_listens ? in_file(launch.said, supervisor.error()) : supervisor.error());
  auto control = open_control(flags, **supervisor, kept);
  if (!control && !came_back) return fail(control.error());
  terminal.reset();
  words.say();
  return run_with_control(flags, **supervisor, loop, control ? std::move(*control) : nullptr,
                          std::move(kept));
}

}  // namespace demo
