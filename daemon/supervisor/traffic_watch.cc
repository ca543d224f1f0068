#include "supervisor/traffic_watch.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "supervisor/reports/refusal_problems.h"

namespace demo {
namespace {

// The members of a pool in a snapshot, backend by backend: they are there in the order of the configuration.
class MembersOfBackends {
 public:
  MembersOfBackends(const Snapshot& snapshot, std::string_view pool) {
    const auto found = std::ranges::find(snapshot.pools, pool, &SnapshotPool::name);
    if (found != snapshot.pools.end()) left_ = found->members;
  }

  // Those of the backend that is next, none where the snapshot is of before it came.
  std::span<const SnapshotMember> take(const Backend& backend) {
    std::size_t count = 0;
    while (count < left_.size() && left_[count].name() == backend.endpoint.text) ++count;
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }

 private:
  std::span<const SnapshotMember> left_;
};

}  // namespace

TrafficWatch::TrafficWatch(const Parts& parts)
    : parts_(parts),
      failures_([this](const std::string& backend, FailureTable::Change change,
                       const std::string& what) { on_failure_change(backend, change, what); },
                [this](const std::string& pool, const std::string& endpoint) {
                  return why_out(parts_.running.config, pool, endpoint);
                }) {}

void TrafficWatch::on_failure_change(const std::string& backend, FailureTable::Change change,
                                     const std::string& what) {
  const std::string subject = "backend " + backend;
  switch (change) {
    case FailureTable::Change::kFails:
      return parts_.events.announce(EventKind::kBackendFailing, LogLevel::kWarning, subject, what);
    case FailureTable::Change::kAnswers:
      return parts_.events.announce(EventKind::kBackendUp, LogLevel::kNotice, subject, what);
    case FailureTable::Change::kOut:
      return parts_.events.announce(EventKind::kBackendFailing, LogLevel::kNotice, subject, what);
  }
}

void TrafficWatch::forget_backend(std::uint32_t slot) {
  failures_.forget(slot);
  refusals_.forget_backend(slot);
}

bool TrafficWatch::look(std::uint64_t watched_ns, const Snapshot& snapshot, unsigned workers) {
  failures_.look(watched_ns, snapshot, [this](std::uint32_t slot) { return parts_.sampler.backend(slot); });
  refusals_.look(watched_ns, snapshot,
                 {[this](std::uint32_t slot) { return parts_.sampler.backend(slot); },
                  [this](std::uint32_t slot) { return parts_.sampler.loops(slot); },
                  [this] { return parts_.sampler.accept_errors(); }, [this] { return clients_wait(); }});
  const std::vector<BackendReport> backends = notable_reports(snapshot, workers);
  const Sentences refused = refusal_problems(backends);
  tell_refusals(refused);
  std::vector<std::string> now = problems(backends, refused).refused;
  const bool changed = now != refused_;
  refused_ = std::move(now);
  return changed;
}

void TrafficWatch::tell_refusals(const Sentences& refused) {
  told_refusals_.update(
      refused, ToldProblems::Rewording::kSilent,
      [this](const std::string& subject, const std::string& problem) {
        parts_.events.announce(EventKind::kWarning, LogLevel::kWarning, subject, problem);
      },
      [this](const std::string& subject, const std::string&) {
        parts_.events.announce(EventKind::kWarning, LogLevel::kNotice, subject,
                               "over: nothing more was refused or kept waiting for ten seconds");
      });
}

// A worker pauses at the limit also when it took the last one that came.
bool TrafficWatch::clients_wait() const {
  if (!parts_.sampler.any_at_limit()) return false;
  const auto& listeners = parts_.running.config.listeners;
  return std::any_of(listeners.begin(), listeners.end(), [this](const Listener& listener) {
    const SocketGroup* const group = parts_.sockets.find(listener);
    return group != nullptr && has_waiting(*group);
  });
}

TrafficWatch::Sentences TrafficWatch::refusal_problems(const std::vector<BackendReport>& backends) const {
  RefusalFacts facts;
  facts.accept_errors = refusals_.accept_errors();
  facts.clients_waited = refusals_.clients_waited();
  for (const Listener& listener : parts_.running.config.listeners) {
    if (const auto slot = parts_.places.find(listener)) {
      facts.loops[listener.address.to_string()] = refusals_.loops_of(*slot);
    }
  }
  return find_refusal_problems(parts_.running.config, backends, facts);
}

TrafficProblems TrafficWatch::problems(const std::vector<BackendReport>& backends) const {
  return problems(backends, refusal_problems(backends));
}

TrafficProblems TrafficWatch::problems(const std::vector<BackendReport>& backends,
                                       const Sentences& refused) const {
  TrafficProblems problems = find_traffic_problems(parts_.running.config, backends);
  for (const auto& [subject, problem] : refused) problems.refused.push_back(problem);
  return problems;
}

void TrafficWatch::judge(const Pool& pool, const Backend& backend, unsigned workers,
                         const Restraints& restraints, MemberReport& member) const {
  MemberEvidence evidence;
  evidence.checked = member.checked;
  evidence.up = member.up;
  evidence.reason = member.reason;
  evidence.ejected = std::min(parts_.sampler.ejected_by(member.slot), workers);
  evidence.workers = workers;
  member.restraints = evidence.restraints = restraints.of(pool.name, backend.endpoint.text, member.address);
  evidence.loops = parts_.loops.contains(member.slot);
  if (const FailureWatch* const watch = failures_.find(member.slot)) {
    evidence.failing = watch->failing();
    evidence.failures = watch->failures();
  }
  member.refusals = refusals_.of_backend(member.slot);
  evidence.refused = member.refusals.all();
  member.starved = failures_.short_of_means(member.slot);
  member.judgement = judge_member(backend.state, evidence);
}

BackendReport TrafficWatch::report(const Pool& pool, const Backend& backend, unsigned workers,
                                   const Restraints& restraints) const {
  BackendReport report{pool.name, backend, parts_.members.reports(pool, backend), {}};
  std::vector<HealthJudgement> judgements;
  for (MemberReport& member : report.members) {
    judge(pool, backend, workers, restraints, member);
    judgements.push_back(member.judgement);
  }
  const bool resolved = !report.members.empty() || parts_.members.has_address(pool, backend);
  report.judgement = judge_backend(backend, judgements, resolved);
  return report;
}

std::vector<BackendReport> TrafficWatch::reports(unsigned workers) const {
  std::vector<BackendReport> reports;
  const Restraints restraints = parts_.workers.restraints(monotonic_ns());
  for (const Pool& pool : parts_.running.config.pools) {
    for (const Backend& backend : pool.backends) {
      reports.push_back(report(pool, backend, workers, restraints));
    }
  }
  return reports;
}

std::vector<BackendReport> TrafficWatch::notable_reports(const Snapshot& snapshot, unsigned workers) const {
  std::vector<BackendReport> reports;
  const Restraints restraints = parts_.workers.restraints(monotonic_ns());
  for (const Pool& pool : parts_.running.config.pools) {
    MembersOfBackends members(snapshot, pool.name);
    bool served = false;
    for (const Backend& backend : pool.backends) {
      // The snapshot may be older than what is known: that somebody serves is for a report to say.
      if (is_plain(backend, members.take(backend)) && served) continue;
      reports.push_back(report(pool, backend, workers, restraints));
      served |= reports.back().judgement.usable;
    }
  }
  return reports;
}

bool TrafficWatch::is_plain(const Backend& backend, std::span<const SnapshotMember> members) const {
  if (members.empty() || backend.state != BackendState::kReady || backend.weight == 0) return false;
  return std::ranges::all_of(members, [&](const SnapshotMember& member) {
    const FailureWatch* const watch = failures_.find(member.slot);
    return member.usable && (watch == nullptr || !watch->failing()) &&
           !failures_.short_of_means(member.slot) && refusals_.of_backend(member.slot).all() == 0 &&
           parts_.sampler.ejected_by(member.slot) == 0;
  });
}

}  // namespace demo
