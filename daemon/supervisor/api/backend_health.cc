#include "supervisor/api/backend_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/counted.h"
#include "base/limits.h"
#include "config/duration.h"

namespace demo {
namespace {

HealthJudgement failing(std::uint64_t requests) {
  return {Health::kFailing, fmt::format("failing ({} in a row)", counted(requests, "request")), false,
          requests};
}

HealthJudgement full(std::uint64_t requests) {
  return {Health::kFull, fmt::format("full ({} refused in 10 s)", counted(requests, "request")), true,
          requests};
}

// "250ms", "3s": the part of a second is of no interest beyond one.
std::string rounded(std::chrono::milliseconds time) {
  return format_duration(time < std::chrono::seconds(1) ? time
                                                        : std::chrono::round<std::chrono::seconds>(time));
}

std::string ejected(const MemberEvidence& evidence) {
  std::string text = fmt::format("ejected ({} of {})", evidence.ejected, counted(evidence.workers, "worker"));
  const Restraint* last = nullptr;
  std::chrono::milliseconds age(0);
  std::chrono::milliseconds left(0);
  for (const Restraint& restraint : evidence.restraints) {
    if (restraint.news != BackendNews::kEjected) continue;
    if (last == nullptr || restraint.age < last->age) last = &restraint;
    age = std::max(age, restraint.age);
    left = std::max(left, restraint.time - restraint.age);
  }
  if (last == nullptr) return text;
  return fmt::format("{}: {}, failure {} in a row; out for {}, back in {}", text, last->reason,
                     last->failures, rounded(age), rounded(left));
}

HealthJudgement usable_as(Health health, const char* word, const MemberEvidence& evidence) {
  const auto distrusting =
      std::ranges::count(evidence.restraints, BackendNews::kDistrusted, &Restraint::news);
  if (distrusting == 0) return {health, word, true};
  return {health,
          fmt::format("{}, distrusted ({} of {})", word, distrusting, counted(evidence.workers, "worker")),
          true};
}

std::string without_place() {
  return fmt::format("waiting for a place: all {} for the figures of addresses are taken",
                     limits::kBackendMembers);
}

// Which of two states an operator has to know of first, the lowest.
int rank(Health health) {
  switch (health) {
    case Health::kFailing:
      return 0;
    case Health::kFull:
      return 1;
    case Health::kDown:
      return 2;
    case Health::kUp:
      return 3;
    case Health::kUnchecked:
      return 4;
    case Health::kEjected:
      return 5;
    case Health::kLoop:
      return 6;
    case Health::kDraining:
    case Health::kMaintenance:
    case Health::kUnresolved:
      return 7;  // of a whole backend
  }
  return 7;
}

}  // namespace

HealthJudgement judge_member(BackendState wanted, const MemberEvidence& evidence) {
  if (wanted == BackendState::kMaintenance) return {Health::kMaintenance, "maintenance", false};
  if (wanted == BackendState::kDrain) return {Health::kDraining, "draining", false};
  if (evidence.loops) return {Health::kLoop, "loop: forwards to itself", false};
  if (!evidence.up) return {Health::kDown, fmt::format("down: {}", evidence.reason), false};
  const bool everywhere = evidence.ejected >= evidence.workers;
  if (evidence.ejected > 0 && (everywhere || !evidence.failing)) {
    return {Health::kEjected, ejected(evidence), !everywhere};
  }
  if (evidence.failing) return failing(evidence.failures);
  if (evidence.refused > 0) return full(evidence.refused);
  return evidence.checked ? usable_as(Health::kUp, "up", evidence)
                          : usable_as(Health::kUnchecked, "unchecked", evidence);
}

HealthJudgement judge_backend(const Backend& backend, const std::vector<HealthJudgement>& members,
                              bool resolved) {
  HealthJudgement judgement;
  if (members.empty()) {
    judgement = judge_member(backend.state, {});
    if (judgement.usable) judgement = {Health::kUnresolved, resolved ? without_place() : "unresolved", false};
    return judgement;
  }
  const auto usable = std::count_if(members.begin(), members.end(), [](const auto& m) { return m.usable; });
  const HealthJudgement* first = nullptr;
  std::uint64_t requests = 0;
  for (const HealthJudgement& member : members) {
    if (member.usable != (usable > 0)) continue;
    if (first == nullptr || rank(member.health) < rank(first->health)) {
      first = &member;
      requests = 0;
    }
    if (member.health == first->health) requests += member.requests;
  }
  judgement = *first;
  if (judgement.health == Health::kFailing) judgement = failing(requests);
  if (judgement.health == Health::kFull) judgement = full(requests);
  const bool differ = usable != 0 && usable != static_cast<std::ptrdiff_t>(members.size());
  if (differ) judgement.text += fmt::format(" ({} of {} addresses)", usable, members.size());
  judgement.usable = usable > 0 && backend.weight > 0;
  return judgement;
}

std::string why_out(const Config& config, std::string_view pool, std::string_view endpoint) {
  const Pool* const there = find_pool(config, pool);
  if (there == nullptr) return "its pool was removed";
  const Backend* const backend = find_backend(*there, endpoint);
  if (backend == nullptr) return "it was removed";
  if (backend->state == BackendState::kMaintenance) return "it is in maintenance";
  if (backend->state == BackendState::kDrain) return "it drains";
  if (backend->weight == 0) return "its weight is 0";
  return "it is down, leads back to its own pool, or is no address of the backend any more";
}

}  // namespace demo
