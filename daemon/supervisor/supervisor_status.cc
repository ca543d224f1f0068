// What the supervisor knows of itself: for the status request, the statistics and systemd.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "base/background_log.h"
#include "base/clock.h"
#include "base/counted.h"
#include "base/descriptor_room.h"
#include "config/doubts.h"
#include "supervisor/supervisor.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// A worker beats once a second at least, however little there is to do. It is ended only much later.
constexpr milliseconds kLongestTurn{3000};

// Why the next change will not be saved, as far as it can be told before; empty when it will.
std::string why_not_saved(const StateStore& store, const std::string& last_failure) {
  const std::string& directory = store.directory();
  if (!store.in_place()) {
    return fmt::format(
        "the state directory {} was moved away, removed or replaced: what was saved is not there", directory);
  }
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return fmt::format("the state directory {} cannot be written: {}", directory, errno_text(errno));
  }
  return last_failure.empty() ? "" : "the last change could not be saved and was refused: " + last_failure;
}

}  // namespace

std::vector<std::string> Supervisor::worker_problems() const {
  std::vector<std::string> problems;
  for (const WorkerReport& worker : worker_reports()) {
    if (!worker.shortage.empty()) {
      problems.push_back(fmt::format("worker {} is at generation {} and cannot be told more: {}",
                                     worker.index, worker.generation, worker.shortage));
    } else if (!worker.trouble.empty()) {
      problems.push_back(fmt::format("worker {}: {}", worker.index, worker.trouble));
    }
    for (const std::string& problem : worker.problems) {
      problems.push_back(fmt::format("worker {} has not put all in force: {}", worker.index, problem));
    }
    // One that starts for the first time, or leaves as it was asked, is no problem.
    // Why one is not started at all was said.
    const bool well = !worker.planned || worker.state == WorkerState::kReady ||
                      (worker.state == WorkerState::kBackingOff && !worker.trouble.empty()) ||
                      (worker.state == WorkerState::kStarting && worker.last_exit.empty());
    if (well) continue;
    problems.push_back(
        fmt::format("worker {} is {} after: {}", worker.index, to_string(worker.state), worker.last_exit));
  }
  if (!stopping_ && !workers_.any_ready()) problems.emplace_back("no worker accepts connections");
  return problems;
}

// Warnings: what is not written stops nobody.
std::vector<std::string> Supervisor::log_problems() const {
  std::vector<std::string> problems;
  if (!log_trouble_.empty()) {
    problems.push_back(fmt::format(
        "log: {}; it goes on in the file before: make the path writable, then send SIGUSR1", log_trouble_));
  }
  const LogHealth health = log_health();
  if (health.stalled) problems.emplace_back("the log stands still: nobody reads it, or its disk is full");
  if (const std::uint64_t lost = health.lost + worker_log_losses_; lost > 0) {
    problems.push_back(fmt::format("{} lost since the start, because the log stood still",
                                   counted(lost, "log line was", "log lines were")));
  }
  return problems;
}

// What was saved and is not in force, whole or in part.
std::vector<std::string> Supervisor::state_problems() const {
  std::vector<std::string> problems;
  if (FittedPlan plan = fit_workers(config_.workers, options_.cores); !plan.problem.empty()) {
    problems.push_back("workers: " + plan.problem);
  }
  if (!save_doubt_.empty()) problems.push_back("state: " + save_doubt_);
  if (!generation_doubt_.empty()) problems.push_back("generation: " + generation_doubt_);
  if (!file_base_doubt_.empty()) problems.push_back("configuration file: " + file_base_doubt_);
  if (!options_.store) return problems;
  if (std::string why = why_not_saved(*options_.store, save_failure_); !why.empty()) {
    problems.push_back("state: " + std::move(why));
  }
  for (const StateStore::Damaged& file : options_.store->damaged()) {
    problems.push_back(fmt::format(
        "{}: remove {} once it is settled",
        file.is_state
            ? "a saved state could not be used and is not in force"
            : "the kept configuration file could not be used, so which changes were made at run time "
              "was not known",
        file.path));
  }
  return problems;
}

std::vector<std::string> Supervisor::control_problems() const {
  if (control_trouble_.empty()) return {};
  return {"control over TCP: " + control_trouble_};
}

std::vector<std::string> Supervisor::descriptor_problems() const {
  const std::string why = why_no_descriptor();
  if (why.empty()) return {};
  return {"the supervisor has no file descriptor left for workers, health checks and changes: " + why};
}

void Supervisor::look_at_descriptors() {
  const std::string why = why_no_descriptor();
  const DescriptorWatch::Change change = descriptors_.look(monotonic_ns(), why);
  if (change == DescriptorWatch::Change::kNone) return;
  const bool began = change == DescriptorWatch::Change::kBegan;
  announce(EventKind::kWarning, began ? LogLevel::kError : LogLevel::kNotice, "file descriptors",
           began ? why : "there are some again");
  tell_systemd();
}

// A worker that is ready by its state, yet does nothing: stopped, or in an endless turn of its loop.
std::vector<WorkerReport> Supervisor::worker_reports() const {
  std::vector<WorkerReport> reports = workers_.reports();
  const std::uint64_t now_ns = monotonic_ns();
  const auto since = [now_ns](std::uint64_t then_ns) {
    return milliseconds(now_ns > then_ns ? (now_ns - then_ns) / 1'000'000 : 0);
  };
  for (WorkerReport& worker : reports) {
    if (worker.state != WorkerState::kReady) continue;
    if (since(worker.heartbeat_ns) > kLongestTurn) {
      worker.trouble = "its loop stands still";
    } else if (worker.generation != generation_ && since(changed_ns_) >= options_.ack_timeout) {
      worker.trouble = fmt::format("it has generation {} in force, not {}", worker.generation, generation_);
    }
  }
  return reports;
}

std::vector<BackendReport> Supervisor::backend_reports() const {
  std::vector<BackendReport> reports;
  const auto workers = static_cast<unsigned>(places_of(config_).size());
  const std::uint64_t now_ns = monotonic_ns();
  for (const Pool& pool : config_.pools) {
    for (const Backend& backend : pool.backends) {
      BackendReport report{pool.name, backend, members_.reports(pool, backend), {}};
      std::vector<HealthJudgement> judgements;
      for (MemberReport& member : report.members) {
        MemberEvidence evidence;
        evidence.checked = member.checked;
        evidence.up = member.up;
        evidence.reason = member.reason;
        evidence.ejected = std::min(sampler_.ejected_by(member.slot), workers);
        evidence.workers = workers;
        member.restraints = evidence.restraints =
            workers_.restraints_of(pool.name, backend.endpoint.text, member.address, now_ns);
        evidence.loops = looping_slots_.contains(member.slot);
        if (const FailureWatch* const watch = failures_.find(member.slot)) {
          evidence.failing = watch->failing();
          evidence.failures = watch->failures();
        }
        member.refusals = refusals_.of_backend(member.slot);
        evidence.refused = member.refusals.all();
        member.starved = failures_.short_of_means(member.slot);
        member.judgement = judge_member(backend.state, evidence);
        judgements.push_back(member.judgement);
      }
      report.judgement = judge_backend(backend, judgements);
      reports.push_back(std::move(report));
    }
  }
  return reports;
}

void Supervisor::look_at_backends() {
  if (!snapshot_ || stopping_) return;
  failures_.look(watched_ns(), *snapshot_, [this](std::uint32_t slot) { return sampler_.backend(slot); });
  look_at_refusals();
  TrafficProblems trouble = traffic_problems(backend_reports());
  const bool changed = trouble.refused != trouble_.refused;
  trouble_ = std::move(trouble);
  if (changed) tell_systemd();
}

std::map<std::string, std::string> Supervisor::listener_problems() const {
  std::map<std::string, std::string> problems;
  for (const Listener& listener : config_.listeners) {
    const SocketGroup* const group = sockets_.find(listener);
    if (group != nullptr && !group->problem().empty()) {
      problems.emplace(listener.address.to_string(), group->problem());
    }
  }
  return problems;
}

StatusReport Supervisor::build_status() const {
  StatusReport report;
  report.generation = generation_;
  report.pid = ::getpid();
  report.started = started_;
  report.backends = backend_reports();
  report.problems = worker_problems();
  for (const auto& [address, why] : listener_problems()) report.problems.push_back(why);
  if (config_.listeners.empty()) report.problems.emplace_back("no listener: nobody is served (add-listener)");
  TrafficProblems traffic = traffic_problems(report.backends);
  std::move(traffic.refused.begin(), traffic.refused.end(), std::back_inserter(report.problems));
  for (std::string& problem : state_problems()) report.problems.push_back(std::move(problem));
  for (std::string& problem : control_problems()) report.problems.push_back(std::move(problem));
  for (std::string& problem : descriptor_problems()) report.problems.push_back(std::move(problem));
  report.degraded = !report.problems.empty();
  std::move(traffic.warnings.begin(), traffic.warnings.end(), std::back_inserter(report.problems));
  for (std::string& doubt : doubts(config_)) report.problems.push_back(std::move(doubt));
  if (!balance_.warning().empty()) report.problems.push_back(balance_.warning());
  if (!options_.start_warning.empty()) report.problems.push_back(options_.start_warning);
  for (std::string& problem : log_problems()) report.problems.push_back(std::move(problem));
  report.config_source = options_.config_source;
  report.config = config_;
  report.persistent = persistent();
  report.saved_config = options_.saved_config;
  report.file_base = running_base_;
  report.workers = worker_reports();
  for (const Listener& listener : config_.listeners) {
    const SocketGroup* const group = sockets_.find(listener);
    if (group == nullptr) continue;
    const std::uint32_t slot = listener_slots_.find(listener.address.to_string()).value_or(0);
    report.listeners.push_back(
        {listener, group->bound(), slot, group->mode(), group->options(), group->problem()});
    for (const SocketOptionReport& option : group->options()) {
      if (option.error.empty()) continue;
      report.problems.push_back(fmt::format("{}: the kernel refuses {} {}: {}", listener.address.to_string(),
                                            option.name, option.requested, option.error));
    }
  }
  return report;
}

void Supervisor::update_layout() {
  StatsLayout layout;
  layout.generation = generation_;
  layout.workers = workers_.stats_entries();
  for (const SnapshotListener& listener : snapshot_->listeners) {
    if (listener.leaving) continue;
    layout.listeners.push_back({listener.address.to_string(), listener.slot});
  }
  for (const SnapshotPool& pool : snapshot_->pools) {
    for (const SnapshotMember& member : pool.members) {
      layout.backends.push_back({pool.name, member.name, member.address.to_string(), member.slot});
    }
  }
  sampler_.set_layout(std::move(layout));
}

void Supervisor::tell_systemd() {
  std::vector<std::string> problems = worker_problems();
  problems.insert(problems.end(), trouble_.refused.begin(), trouble_.refused.end());
  for (const auto& [address, why] : listener_problems()) problems.push_back(why);
  for (std::string& problem : state_problems()) problems.push_back(std::move(problem));
  for (std::string& problem : control_problems()) problems.push_back(std::move(problem));
  for (std::string& problem : descriptor_problems()) problems.push_back(std::move(problem));
  const std::string text =
      problems.empty()
          ? fmt::format("Serving: {}, {}, generation {}", counted(places_of(config_).size(), "worker"),
                        counted(config_.listeners.size(), "listener"), generation_)
          : fmt::format("Degraded: {}", problems.front());
  if (workers_.have_started()) systemd_.ready(text);
  systemd_.status(text);
}

}  // namespace demo
