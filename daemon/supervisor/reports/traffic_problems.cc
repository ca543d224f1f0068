#include "supervisor/reports/traffic_problems.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "config/auto_mode.h"
#include "supervisor/reports/backends_by_pool.h"

namespace demo {
namespace {

// More backends than these are counted, not named.
constexpr std::size_t kNamed = 5;

// What a backend is, as the end of a sentence.
std::string predicate_of(const BackendReport& report) {
  const Health health = report.judgement.health;
  if (health == Health::kMaintenance) return "in maintenance";
  const bool weightless = health == Health::kUp || health == Health::kUnchecked;
  return weightless && report.backend.weight == 0 ? "of weight 0" : report.judgement.text;
}

std::string state_of(const BackendReport& report) {
  return fmt::format("{} is {}", report.backend.endpoint.text, predicate_of(report));
}

std::string why_unusable(const std::vector<const BackendReport*>& backends) {
  if (backends.empty()) return "it has no backend";
  std::vector<std::string> states;
  for (const BackendReport* report : backends) {
    if (states.size() < kNamed) states.push_back(state_of(*report));
  }
  std::string text = fmt::format("{}", fmt::join(states, "; "));
  if (backends.size() > kNamed) text += fmt::format("; and {} more", backends.size() - kNamed);
  return text;
}

// Whether anything may be done about it: drain and maintenance were asked for.
bool is_trouble(Health health) {
  return health == Health::kDown || health == Health::kEjected || health == Health::kFailing ||
         health == Health::kUnresolved || health == Health::kLoop;
}

void add_judgement(const HealthJudgement& judgement, const std::string& subject, TrafficProblems& problems) {
  if (!is_trouble(judgement.health)) return;
  (judgement.health == Health::kFailing ? problems.refused : problems.warnings)
      .push_back(fmt::format("{} is {}", subject, judgement.text));
}

void add_backends(const std::vector<const BackendReport*>& backends, bool served, TrafficProblems& problems) {
  for (const BackendReport* report : backends) {
    const std::string subject = fmt::format("backend {}/{}", report->pool, report->backend.endpoint.text);
    if (served) add_judgement(report->judgement, subject, problems);
    for (const MemberReport& member : report->members) {
      // Requests that are sent to this one of its addresses fare otherwise.
      if (served && member.judgement.health != report->judgement.health) {
        add_judgement(member.judgement, fmt::format("{} at {}", subject, member.address.to_string()),
                      problems);
      }
      if (member.starved) {
        problems.refused.push_back(fmt::format(
            "this host has no local port or descriptor, or no memory, for more connections to backend {}/{} "
            "at {}",
            report->pool, report->backend.endpoint.text, member.address.to_string()));
      }
      const auto distrusted =
          std::ranges::find(member.restraints, BackendNews::kDistrusted, &Restraint::news);
      if (served && distrusted != member.restraints.end()) {
        problems.warnings.push_back(fmt::format("{} at {} is distrusted, and no connection to it is kept: {}",
                                                subject, member.address.to_string(), distrusted->reason));
      }
      if (member.shortage.empty()) continue;
      problems.warnings.push_back(fmt::format("backend {}/{} cannot be checked at {}: {}", report->pool,
                                              report->backend.endpoint.text, member.address.to_string(),
                                              member.shortage));
    }
  }
}

}  // namespace

TrafficProblems find_traffic_problems(const Config& config, const std::vector<BackendReport>& backends) {
  std::map<std::string_view, std::vector<std::string>> listeners;  // by the pool that they forward to
  for (const Listener& listener : config.listeners) {
    const ListenerMode mode = mode_in_force(listener);
    if (mode != ListenerMode::kProxy && mode != ListenerMode::kTcp) continue;
    listeners[listener.pool].push_back(listener.address.to_string());
  }
  std::vector<std::string_view> pools;  // as every list has them, then those that do not exist
  for (const Pool& pool : config.pools) {
    if (listeners.contains(pool.name)) pools.push_back(pool.name);
  }
  for (const auto& [pool, addresses] : listeners) {
    if (find_pool(config, pool) == nullptr) pools.push_back(pool);
  }
  TrafficProblems problems;
  BackendsByPool reports = by_pool(backends);
  for (const std::string_view pool : pools) {
    const std::vector<const BackendReport*>& members = reports[pool];
    const bool usable =
        std::any_of(members.begin(), members.end(), [](const auto* r) { return r->judgement.usable; });
    if (!usable) {
      const bool missing = find_pool(config, pool) == nullptr;
      problems.refused.push_back(fmt::format("pool \"{}\" serves no request of listener {}: {}", pool,
                                             fmt::join(listeners[pool], ", "),
                                             missing ? "it does not exist" : why_unusable(members)));
    }
    add_backends(members, usable, problems);
  }
  return problems;
}

}  // namespace demo
