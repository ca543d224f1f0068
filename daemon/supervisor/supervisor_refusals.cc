// How the supervisor tells of traffic that is refused for a limit or a loop, and of backends that fail.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "config/duration.h"
#include "supervisor/supervisor.h"

namespace demo {

void Supervisor::on_backend_notice(WorkerSlot& worker, const BackendNotice& notice) {
  const std::string backend = fmt::format("backend {}/{}", notice.pool, notice.endpoint);
  const auto tell = [&](EventKind kind, LogLevel level, std::string_view what, const std::string& how = "") {
    announce(kind, level, backend,
             fmt::format("worker {} {} {}{}: {}", worker.place().index, what, notice.address.to_string(), how,
                         notice.reason));
  };
  const std::string time = format_duration(notice.time);
  switch (notice.news) {
    case BackendNews::kEjected:
      return tell(EventKind::kBackendEjected, LogLevel::kWarning, "ejected",
                  fmt::format(" for {}, at failure {} in a row", time, notice.failures));
    case BackendNews::kTakenBack:
      return tell(EventKind::kBackendUp, LogLevel::kNotice, "took back");
    case BackendNews::kOut:
      return tell(EventKind::kBackendEjected, LogLevel::kNotice, "holds ejected no more");
    case BackendNews::kDistrusted:
      return tell(EventKind::kWarning, LogLevel::kWarning, "keeps no connection to",
                  fmt::format(" for {}", time));
  }
}

void Supervisor::on_failure_change(const std::string& backend, FailureTable::Change change,
                                   const std::string& what) {
  switch (change) {
    case FailureTable::Change::kFails:
      return announce(EventKind::kBackendFailing, LogLevel::kWarning, "backend " + backend, what);
    case FailureTable::Change::kAnswers:
      return announce(EventKind::kBackendUp, LogLevel::kNotice, "backend " + backend, what);
    case FailureTable::Change::kOut:
      return announce(EventKind::kBackendFailing, LogLevel::kNotice, "backend " + backend, what);
  }
}

// A worker pauses at the limit also when it took the last one that came.
bool Supervisor::clients_wait() const {
  if (!sampler_.any_at_limit()) return false;
  return std::any_of(config_.listeners.begin(), config_.listeners.end(), [this](const Listener& listener) {
    const SocketGroup* const group = sockets_.find(listener);
    return group != nullptr && group->has_waiting();
  });
}

std::map<std::string, std::string> Supervisor::refusal_problems(
    const std::vector<BackendReport>& backends) const {
  RefusalFacts facts;
  facts.accept_errors = refusals_.accept_errors();
  facts.clients_waited = refusals_.clients_waited();
  for (const Listener& listener : config_.listeners) {
    const std::string address = listener.address.to_string();
    if (const auto slot = listener_slots_.find(address)) facts.loops[address] = refusals_.loops_of(*slot);
  }
  return find_refusal_problems(config_, backends, facts);
}

TrafficProblems Supervisor::traffic_problems(const std::vector<BackendReport>& backends) const {
  TrafficProblems problems = find_traffic_problems(config_, backends);
  for (const auto& [subject, problem] : refusal_problems(backends)) problems.refused.push_back(problem);
  return problems;
}

void Supervisor::look_at_refusals() {
  refusals_.look(watched_ns(), *snapshot_,
                 {[this](std::uint32_t slot) { return sampler_.backend(slot); },
                  [this](std::uint32_t slot) { return sampler_.loops(slot); },
                  [this] { return sampler_.accept_errors(); }, [this] { return clients_wait(); }});
  auto now = refusal_problems(backend_reports());
  for (const auto& [subject, problem] : now) {
    if (!told_refusals_.contains(subject)) {
      announce(EventKind::kWarning, LogLevel::kWarning, subject, problem);
    }
  }
  for (const auto& [subject, problem] : told_refusals_) {
    if (now.contains(subject)) continue;
    announce(EventKind::kWarning, LogLevel::kNotice, subject,
             "over: nothing more was refused or kept waiting for ten seconds");
  }
  told_refusals_ = std::move(now);
}

}  // namespace demo
