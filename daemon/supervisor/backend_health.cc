#include "supervisor/backend_health.h"

#include <fmt/format.h>

#include <algorithm>

namespace demo {

HealthJudgement judge_member(BackendState wanted, const MemberEvidence& evidence) {
  if (wanted == BackendState::kMaintenance) return {Health::kMaintenance, "maintenance", false};
  if (wanted == BackendState::kDrain) return {Health::kDraining, "draining", false};
  if (evidence.loops) return {Health::kLoop, "loop: forwards to itself", false};
  if (!evidence.up) return {Health::kDown, fmt::format("down: {}", evidence.reason), false};
  const bool everywhere = evidence.ejected >= evidence.workers;
  if (evidence.ejected > 0 && (everywhere || !evidence.failing)) {
    return {Health::kEjected, fmt::format("ejected ({} of {} workers)", evidence.ejected, evidence.workers),
            !everywhere};
  }
  if (evidence.failing) {
    return {Health::kFailing, fmt::format("failing ({} requests in a row)", evidence.failures), false};
  }
  if (evidence.refused > 0) {
    return {Health::kFull, fmt::format("full ({} requests refused in 10 s)", evidence.refused), true};
  }
  return evidence.checked ? HealthJudgement{Health::kUp, "up", true} : HealthJudgement{};
}

HealthJudgement judge_backend(const Backend& backend, const std::vector<HealthJudgement>& members) {
  HealthJudgement judgement;
  if (members.empty()) {
    judgement = judge_member(backend.state, {});
    if (judgement.usable) judgement = {Health::kUnresolved, "unresolved", false};
    return judgement;
  }
  const auto usable = std::count_if(members.begin(), members.end(), [](const auto& m) { return m.usable; });
  const auto best = std::find_if(members.begin(), members.end(),
                                 [usable](const auto& m) { return m.usable == (usable > 0); });
  judgement = *best;
  const bool differ = usable != 0 && usable != static_cast<std::ptrdiff_t>(members.size());
  if (differ) judgement.text = fmt::format("{} ({} of {} addresses)", best->text, usable, members.size());
  judgement.usable = usable > 0 && backend.weight > 0;
  return judgement;
}

}  // namespace demo
