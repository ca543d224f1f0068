#include "launch/rehearse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/other_build.h"
#include "config/validate.h"
#include "control/messages/config_json.h"
#include "control/tls/tcp_credentials.h"
#include "launch/compose_options.h"
#include "launch/exit_status.h"
#include "launch/open_control.h"
#include "launch/terminal.h"
#include "quota/quota_area.h"
#include "stats/stats_area.h"
#include "supervisor/carried_state.h"
#include "supervisor/loop/loop_timer.h"
#include "supervisor/start/control_paths.h"
#include "supervisor/start/log_destination.h"
#include "supervisor/upgrade/rehearsal.h"

namespace demo {
namespace {

constexpr std::chrono::milliseconds kLookPeriod{10};

// A folder for sockets that nobody else knows. Error: it cannot be made.
Result<std::string> make_private_folder(const Flags& flags) {
  auto paths = choose_control_paths(flags.control_path);
  if (!paths) return paths.error();
  const std::filesystem::path beside = paths->control.empty() ? "/tmp/control.sock" : paths->control;
  std::string pattern = beside.parent_path() / ".XXXXXX";
  if (::mkdtemp(pattern.data()) != nullptr) return pattern;
  return Error{
      ErrorCode::kResourceExhausted,
      fmt::format("cannot make a folder in {}: {}", beside.parent_path().string(), errno_text(errno)), "",
      ""};
}

// What is configured that this version does not know, and would go without.
void note_unknown(const std::string& what, std::string_view json, std::vector<std::string>& warnings) {
  const auto decoded = state_from_json(json);
  if (!decoded || decoded->unknown.empty()) return;
  warnings.push_back(fmt::format("{} has what the new version does not know and drops: {}", what,
                                 fmt::join(decoded->unknown, ", ")));
}

// The saved state must be of use to this version, which would set it aside otherwise.
Status check_saved(const std::string& state_dir) {
  if (state_dir.empty()) return {};
  return StateStore::check(state_dir, usable_state(state_format()), readable_state(state_format()));
}

Status check_configuration(const internal::v1::RunState& state, std::vector<std::string>& warnings) {
  const auto config = check_carried(state, config_of_json);
  if (!config) return config.error();
  if (auto problems = validate(*config); !problems.empty()) return problems.front();
  note_unknown("what runs", state.config(), warnings);
  if (!state.lasting().empty()) note_unknown("what the next start runs", state.lasting(), warnings);
  return {};
}

// What of the memory that workers share this version cannot go on with.
void note_other_builds(Inheritance& inheritance, std::vector<std::string>& warnings) {
  const auto stats = StatsArea::adopt(std::move(inheritance.stats));
  if (!stats && is_other_build(stats.error())) {
    warnings.emplace_back("counters begin anew: the new version keeps others");
  }
  const auto quota = QuotaArea::open(std::move(inheritance.quota), std::move(inheritance.bells));
  if (!quota && is_other_build(quota.error())) {
    warnings.emplace_back("shared limits begin anew: the new version keeps them in another way");
  }
}

Status check_files(const Flags& flags) {
  if (auto log = check_log(flags.log_file); !log) return log;
  const auto paths = choose_control_paths(flags.control_path);
  if (!paths) return paths.error();
  if (auto sockets = check_control_sockets(paths->control, paths->monitor); !sockets) return sockets;
  if (const auto tcp = control_tcp_options(flags)) return check_control_tcp(*tcp);
  return {};
}

// A supervisor with one worker and its API, that serves nobody.
SupervisorOptions options_of_trial(const AvailableCores& cores, WorkerSettings workers) {
  SupervisorOptions options;
  options.config.workers.count = 1;
  options.config_source = "rehearsal";
  options.encode = config_to_json;
  options.decode = config_of_json;
  options.cores = cores;
  options.workers = std::move(workers);
  options.version = DEMO_VERSION;
  return options;
}

// Its files are gone as soon as it is open: nothing is left, however this process ends.
Result<std::unique_ptr<ControlServer>> open_private_control(const Flags& flags, Supervisor& supervisor) {
  const auto folder = make_private_folder(flags);
  if (!folder) return folder.error();
  ControlOptions options;
  options.control_path = *folder + "/c";
  options.monitor_path = *folder + "/m";
  NamedFds nothing;
  auto opened = open_control(std::move(options), supervisor, nothing);
  std::error_code ignored;
  std::filesystem::remove_all(*folder, ignored);
  return opened;
}

// Ends when the worker has said that it is ready, or why it is not.
Status try_to_run(const Flags& flags, const AvailableCores& cores, const WorkerBinary& binary) {
  auto workers = worker_settings(flags, binary);
  if (!workers) return workers.error();
  boost::asio::io_context loop;
  auto supervisor = Supervisor::open(loop, options_of_trial(cores, std::move(*workers)));
  if (!supervisor) return supervisor.error();
  auto control = open_private_control(flags, **supervisor);
  if (!control) return control.error();
  Status outcome;
  bool over = false;
  const auto end = [&](Status status) {
    if (std::exchange(over, true)) return;
    outcome = std::move(status);
    ::kill(::getpid(), SIGTERM);
  };
  LoopTimer look(loop, [&] {
    (*supervisor)->status([&](const std::shared_ptr<const StatusReport>& report) {
      for (const WorkerReport& worker : report->workers) {
        const std::string why = worker.last_exit.empty() ? worker.trouble : "died: " + worker.last_exit;
        if (worker.state == WorkerState::kReady) return end({});
        if (!why.empty()) return end(Error{ErrorCode::kUnavailable, "its worker " + why, "", ""});
      }
    });
  });
  look.start_every(kLookPeriod);
  (*supervisor)->run();
  (*control)->shutdown(ControlServer::kHurry);
  return outcome;
}

Status go_through(Launch& launch, std::vector<std::string>& warnings) {
  Inheritance& inheritance = launch.inheritance;
  if (!inheritance.useless.empty() || !inheritance.run_state) {
    return Error{ErrorCode::kFailedPrecondition, "what the version before passed on cannot be read", "", ""};
  }
  if (auto right = check_configuration(*inheritance.run_state, warnings); !right) return right;
  if (auto right = check_saved(launch.flags.state_dir); !right) return right;
  if (auto right = check_files(launch.flags); !right) return right;
  note_other_builds(inheritance, warnings);
  const auto binary = open_worker_binary();
  if (!binary) return binary.error();
  return try_to_run(launch.flags, launch.cores, *binary);
}

}  // namespace

int rehearse(Launch launch) {
  // Nobody waits for it without the daemon, whose sockets it holds.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<std::string> warnings;
  if (auto right = go_through(launch, warnings); !right) {
    return complain(in_typed_words(right.error(), launch.flags), kFailure);
  }
  std::string words = fmt::format("{} {}\n", kVersionWord, DEMO_VERSION);
  for (const std::string& warning : warnings) words += fmt::format("{} {}\n", kWarningWord, warning);
  return say(words + kReadyWord + "\n");
}

}  // namespace demo
