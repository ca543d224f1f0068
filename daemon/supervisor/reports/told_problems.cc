#include "supervisor/reports/told_problems.h"

#include <utility>

namespace demo {

bool ToldProblems::update(Problems now, Rewording rewording, const Tell& began, const Tell& ended) {
  if (now == told_) return false;
  for (const auto& [subject, problem] : now) {
    const auto told = told_.find(subject);
    const bool silent = told != told_.end() && (rewording == Rewording::kSilent || told->second == problem);
    if (!silent) began(subject, problem);
  }
  for (const auto& [subject, problem] : told_) {
    if (!now.contains(subject)) ended(subject, problem);
  }
  told_ = std::move(now);
  return true;
}

}  // namespace demo
