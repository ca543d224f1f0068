#include "supervisor/reports/refusal_problems.h"

#include <fmt/format.h>

#include "base/counted.h"
#include "supervisor/reports/backends_by_pool.h"

namespace demo {
namespace {

std::string queue_problem(const Pool& pool, const std::string& full_backends, const QueueRefusals& refused) {
  std::string how;
  if (refused.full > 0) how = fmt::format("{} found its queue full", refused.full);
  if (refused.timeouts > 0) {
    how += fmt::format("{}{} waited longer than its queue time-out of {} ms", how.empty() ? "" : ", ",
                       refused.timeouts, pool.timeouts.queue.count());
  }
  return fmt::format(
      "pool \"{}\" refused {} in ten seconds ({}): {} at its max-connections; raise that, "
      "the pool's queue-limit or queue-timeout, or add a backend",
      pool.name, counted(refused.all(), "request"), how, full_backends);
}

// The first by name, the others by number.
std::string names_of(const std::vector<const BackendReport*>& backends) {
  if (backends.size() == 1) return backends.front()->backend.endpoint.text + " is";
  return fmt::format("{} and {} more are each", backends.front()->backend.endpoint.text, backends.size() - 1);
}

}  // namespace

std::map<std::string, std::string> find_refusal_problems(const Config& config,
                                                         const std::vector<BackendReport>& backends,
                                                         const RefusalFacts& facts) {
  std::map<std::string, std::string> problems;
  BackendsByPool reports = by_pool(backends);
  for (const Pool& pool : config.pools) {
    QueueRefusals sum;
    std::vector<const BackendReport*> full;
    for (const BackendReport* const report : reports[pool.name]) {
      QueueRefusals own;
      for (const MemberReport& member : report->members) {
        own.full += member.refusals.full;
        own.timeouts += member.refusals.timeouts;
      }
      if (own.all() > 0) full.push_back(report);
      sum.full += own.full;
      sum.timeouts += own.timeouts;
    }
    if (!full.empty()) problems.emplace("pool " + pool.name, queue_problem(pool, names_of(full), sum));
  }
  for (const Listener& listener : config.listeners) {
    const std::string address = listener.address.to_string();
    const auto loops = facts.loops.find(address);
    if (loops == facts.loops.end() || loops->second == 0) continue;
    problems.emplace("listener " + address,
                     fmt::format("listener {} answered 508 to {} in ten seconds, which had passed "
                                 "pool \"{}\" before: one of its backends leads back here; remove that",
                                 address, counted(loops->second, "request"), listener.pool));
  }
  if (facts.clients_waited) {
    problems.emplace(
        "clients", config.max_connections > 0
                       ? fmt::format("the limit of {} client connections is reached and others wait: raise "
                                     "it with set-client-limits --max-connections",
                                     config.max_connections)
                       : "a worker has as many client connections as its descriptors allow and others wait: "
                         "raise the daemon's limit of open files");
  }
  if (facts.accept_errors > 0) {
    problems.emplace("accepting",
                     fmt::format("workers could not accept connections {} in ten seconds; the log says "
                                 "why: for want of descriptors or memory raise the daemon's limit of open "
                                 "files, or lower max-connections of clients",
                                 counted(facts.accept_errors, "time")));
  }
  return problems;
}

}  // namespace demo
