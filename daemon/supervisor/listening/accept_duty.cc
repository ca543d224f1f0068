#include "supervisor/listening/accept_duty.h"

#include <algorithm>

namespace demo {
namespace {

// The first standing after the owner, wrapping around, for which the predicate holds; null when there is
// none.
template <typename Predicate>
const WorkerStanding* next_after(unsigned owner, const std::vector<WorkerStanding>& standings,
                                 Predicate holds) {
  const WorkerStanding* first = nullptr;
  for (const WorkerStanding& standing : standings) {
    if (standing.place.index == owner || !holds(standing)) continue;
    if (standing.place.index > owner) return &standing;
    if (first == nullptr) first = &standing;
  }
  return first;
}

}  // namespace

std::vector<unsigned> acceptors_of(unsigned owner, const std::vector<WorkerStanding>& standings) {
  std::vector<unsigned> acceptors;
  if (owner == kEveryWorker) {
    for (const WorkerStanding& standing : standings) {
      const bool listed = !acceptors.empty() && acceptors.back() == standing.place.index;
      if (standing.serving && !listed) acceptors.push_back(standing.place.index);
    }
    return acceptors;
  }
  const auto any_own = [&](auto holds) {
    return std::any_of(standings.begin(), standings.end(), [&](const WorkerStanding& standing) {
      return standing.place.index == owner && holds(standing);
    });
  };
  const bool owner_serves = any_own([](const auto& s) { return s.serving; });
  if (owner_serves) acceptors.push_back(owner);
  if (any_own([](const auto& s) { return s.serving && s.ready; })) return acceptors;
  const WorkerStanding* neighbour =
      next_after(owner, standings, [](const auto& s) { return s.serving && s.ready; });
  if (neighbour == nullptr && !owner_serves) {
    neighbour = next_after(owner, standings, [](const auto& s) { return s.serving; });
  }
  if (neighbour != nullptr) acceptors.push_back(neighbour->place.index);
  return acceptors;
}

}  // namespace demo
