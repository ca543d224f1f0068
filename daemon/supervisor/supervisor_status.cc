// What the supervisor knows of itself: for the status request, the statistics and systemd.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/background_log.h"
#include "supervisor/supervisor.h"

namespace demo {

std::vector<std::string> Supervisor::worker_problems() const {
  std::vector<std::string> problems;
  for (const WorkerReport& worker : workers_.reports()) {
    if (!worker.shortage.empty()) {
      problems.push_back(fmt::format("worker {} is at generation {} and cannot be told more: {}",
                                     worker.index, worker.generation, worker.shortage));
    }
    // One that starts for the first time, or leaves as it was asked, is no problem.
    const bool well = !worker.planned || worker.state == WorkerState::kReady ||
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
  const LogHealth health = log_health();
  if (health.stalled) problems.emplace_back("the log stands still: nobody reads it, or its disk is full");
  if (const std::uint64_t lost = health.lost + worker_log_losses_; lost > 0) {
    problems.push_back(
        fmt::format("{} log lines were lost since the start, because the log stood still", lost));
  }
  return problems;
}

StatusReport Supervisor::build_status() const {
  StatusReport report;
  report.generation = generation_;
  report.pid = ::getpid();
  report.started = started_;
  report.problems = worker_problems();
  report.degraded = !report.problems.empty();
  if (!balance_.warning().empty()) report.problems.push_back(balance_.warning());
  for (std::string& problem : log_problems()) report.problems.push_back(std::move(problem));
  report.config_source = options_.config_source;
  report.config = config_;
  report.persistent = persistent();
  report.saved_config = options_.saved_config;
  report.file_config = options_.file_config;
  report.workers = workers_.reports();
  for (const Listener& listener : config_.listeners) {
    const SocketGroup* const group = sockets_.find(listener);
    if (group == nullptr) continue;
    const std::uint32_t slot = listener_slots_.find(listener.address.to_string()).value_or(0);
    report.listeners.push_back({listener, group->bound(), slot, group->mode(), group->options()});
    for (const SocketOptionReport& option : group->options()) {
      if (option.error.empty()) continue;
      report.problems.push_back(fmt::format("{}: the kernel refuses {} {}: {}", listener.address.to_string(),
                                            option.name, option.requested, option.error));
    }
  }
  for (const Pool& pool : config_.pools) {
    for (const Backend& backend : pool.backends) {
      report.backends.push_back({pool.name, backend, members_.reports(pool, backend)});
    }
  }
  return report;
}

void Supervisor::update_layout() {
  StatsLayout layout;
  layout.generation = generation_;
  layout.workers = workers_.stats_entries();
  for (const SnapshotListener& listener : snapshot_->listeners) {
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
  const auto problems = worker_problems();
  const std::string text = problems.empty()
                               ? fmt::format("Serving: {} workers, {} listeners, generation {}",
                                             places_of(config_).size(), config_.listeners.size(), generation_)
                               : fmt::format("Degraded: {}", problems.front());
  if (workers_.all_ready()) systemd_.ready(text);
  systemd_.status(text);
}

}  // namespace demo
