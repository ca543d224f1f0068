#include "supervisor/status_reporter.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iterator>
#include <set>
#include <utility>

#include "base/background_log.h"
#include "base/clock.h"
#include "base/counted.h"
#include "base/descriptor_shortage.h"
#include "config/doubts.h"
#include "supervisor/worker_places.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// A worker beats once a second at least, however little there is to do. It is ended only much later.
constexpr milliseconds kLongestTurn{3000};

void move_into(std::vector<std::string>&& some, std::vector<std::string>& all) {
  std::move(some.begin(), some.end(), std::back_inserter(all));
}

// Whether nothing is to be told: one that starts for the first time, or leaves as it was asked, is no
// problem. Why one is not started at all was said.
bool is_well(const WorkerReport& worker) {
  return !worker.planned || worker.state == WorkerState::kReady ||
         (worker.state == WorkerState::kBackingOff && !worker.trouble.empty()) ||
         (worker.state == WorkerState::kStarting && worker.last_exit.empty());
}

}  // namespace

StatusReporter::StatusReporter(const Parts& parts, Start start) : parts_(parts), start_(std::move(start)) {}

unsigned StatusReporter::planned_workers() const {
  return static_cast<unsigned>(places_of(parts_.running.config, start_.cores).size());
}

std::vector<std::string> StatusReporter::worker_problems() const {
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
    if (is_well(worker)) continue;
    problems.push_back(
        fmt::format("worker {} is {} after: {}", worker.index, to_string(worker.state), worker.last_exit));
  }
  if (const std::size_t homeless = parts_.fleet.workers().homeless(); homeless > 0) {
    problems.push_back(
        fmt::format("{} not started: {} processes run or drain already, and one more has no place",
                    counted(homeless, "worker"), StatsArea::kPages));
  }
  if (!parts_.running.stopping && !parts_.fleet.workers().any_ready()) {
    problems.emplace_back(parts_.sockets.takes_new()
                              ? "no worker accepts connections"
                              : "no worker accepts connections: new ones are not taken until one does");
  }
  return problems;
}

// One of all workers, since a host refuses the same to each.
std::vector<std::string> StatusReporter::confinement_problems() const {
  std::set<std::string> refused;
  for (const WorkerReport& worker : parts_.fleet.workers().reports()) {
    if (worker.confinement)
      refused.insert(worker.confinement->problems.begin(), worker.confinement->problems.end());
  }
  std::vector<std::string> problems;
  for (const std::string& problem : refused) problems.push_back("workers are confined in part: " + problem);
  return problems;
}

// Warnings: what is not written stops nobody.
std::vector<std::string> StatusReporter::log_problems() const {
  std::vector<std::string> problems;
  if (!parts_.troubles.log.empty()) {
    problems.push_back(
        fmt::format("log: {}; it goes on in the file before: make the path writable, then send SIGUSR1",
                    parts_.troubles.log));
  }
  const LogHealth health = log_health();
  if (health.stalled) problems.emplace_back("the log stands still: nobody reads it, or its disk is full");
  if (const std::uint64_t lost = health.lost + parts_.fleet.log_losses(); lost > 0) {
    problems.push_back(fmt::format("{} lost since the start, because the log stood still",
                                   counted(lost, "log line was", "log lines were")));
  }
  return problems;
}

std::vector<std::string> StatusReporter::other_problems() const {
  std::vector<std::string> problems;
  // What was saved may ask for cores that are not there any more.
  if (FittedPlan plan = fit_workers(parts_.running.config.workers, start_.cores); !plan.problem.empty()) {
    problems.push_back("workers: " + plan.problem);
  }
  move_into(parts_.saved.problems(), problems);
  if (std::string problem = parts_.handover.problem(); !problem.empty())
    problems.push_back(std::move(problem));
  for (const auto& [subject, problem] : parts_.troubles.control) problems.push_back(subject + ": " + problem);
  if (const std::string why = why_no_descriptor(); !why.empty()) {
    problems.push_back("the supervisor has no file descriptor left for workers, health checks and changes: " +
                       why);
  }
  return problems;
}

// A worker that is ready by its state, yet does nothing: stopped, or in an endless turn of its loop.
std::vector<WorkerReport> StatusReporter::worker_reports() const {
  std::vector<WorkerReport> reports = parts_.fleet.workers().reports();
  const RunningState& running = parts_.running;
  const std::uint64_t now_ns = monotonic_ns();
  const auto since = [now_ns](std::uint64_t then_ns) {
    return milliseconds(now_ns > then_ns ? (now_ns - then_ns) / 1'000'000 : 0);
  };
  for (WorkerReport& worker : reports) {
    if (worker.state != WorkerState::kReady) continue;
    // Of one of another build nobody knows.
    if (worker.heartbeat_ns != 0 && since(worker.heartbeat_ns) > kLongestTurn) {
      worker.trouble = "its loop stands still";
    } else if (worker.generation != running.generation && since(running.changed_ns) >= start_.ack_timeout) {
      worker.trouble =
          fmt::format("it has generation {} in force, not {}", worker.generation, running.generation);
    }
  }
  return reports;
}

std::map<std::string, std::string> StatusReporter::listener_problems() const {
  std::map<std::string, std::string> problems;
  for (const Listener& listener : parts_.running.config.listeners) {
    const SocketGroup* const group = parts_.sockets.find(listener);
    if (group != nullptr && !group->problem().empty()) {
      problems.emplace(listener.address.to_string(), group->problem());
    }
  }
  return problems;
}

std::map<std::string, std::string> StatusReporter::passed_notes() const {
  return parts_.sockets.passed().notes(parts_.running.config, planned_workers());
}

void StatusReporter::write_listeners(StatusReport& report) const {
  for (const Listener& listener : parts_.running.config.listeners) {
    const SocketGroup* const group = parts_.sockets.find(listener);
    if (group == nullptr) continue;
    const std::uint32_t slot = parts_.places.find(listener).value_or(0);
    report.listeners.push_back(
        {listener, group->bound(), slot, group->mode(), group->options(), group->problem(),
         parts_.sockets.passed().why_other_mode(listener, parts_.running.config, planned_workers())});
    for (const SocketOptionReport& option : group->options()) {
      if (option.error.empty()) continue;
      report.problems.push_back(fmt::format("{}: the kernel refuses {} {}: {}", listener.address.to_string(),
                                            option.name, option.requested, option.error));
    }
  }
}

StatusReport StatusReporter::report() const {
  const RunningState& running = parts_.running;
  StatusReport report;
  report.generation = running.generation;
  report.pid = ::getpid();
  report.started = start_.started;
  report.upgrade = parts_.upgrade.report();
  report.backends = parts_.traffic.reports(planned_workers());
  report.problems = worker_problems();
  for (const auto& [address, why] : listener_problems()) report.problems.push_back(why);
  if (running.config.listeners.empty()) {
    report.problems.emplace_back("no listener: nobody is served (add-listener)");
  }
  TrafficProblems traffic = parts_.traffic.problems(report.backends);
  move_into(std::move(traffic.refused), report.problems);
  move_into(other_problems(), report.problems);
  report.degraded = !report.problems.empty();
  move_into(std::move(traffic.warnings), report.problems);
  move_into(doubts(running.config), report.problems);
  for (const auto& [subject, note] : passed_notes()) report.problems.push_back(note);
  if (!parts_.second.warning().empty()) report.problems.push_back(parts_.second.warning());
  if (!start_.warning.empty()) report.problems.push_back(start_.warning);
  move_into(log_problems(), report.problems);
  move_into(confinement_problems(), report.problems);
  report.config_source = start_.config_source;
  report.config = running.config;
  report.persistent = parts_.saved.persistent();
  report.saved_config = parts_.saved.saved();
  report.file_base = parts_.saved.running_base();
  report.workers = worker_reports();
  write_listeners(report);
  return report;
}

std::string StatusReporter::line() const {
  std::vector<std::string> problems = worker_problems();
  const auto& refused = parts_.traffic.refused();
  problems.insert(problems.end(), refused.begin(), refused.end());
  for (const auto& [address, why] : listener_problems()) problems.push_back(why);
  move_into(other_problems(), problems);
  if (!problems.empty()) return fmt::format("Degraded: {}", problems.front());
  return fmt::format("Serving: {}, {}, generation {}", counted(planned_workers(), "worker"),
                     counted(parts_.running.config.listeners.size(), "listener"), parts_.running.generation);
}

}  // namespace demo
