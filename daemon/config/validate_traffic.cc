#include "config/validate_traffic.h"

#include <set>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "config/duration.h"

namespace demo {

void check_own(const WorkerPlan& workers, Problems problems) {
  if (workers.cores.size() > limits::kWorkers) {
    problems.add("cores", fmt::format("{} cores", workers.cores.size()),
                 fmt::format("there are at most {} workers", limits::kWorkers));
  }
  std::set<unsigned> seen;
  for (const unsigned core : workers.cores) {
    if (!seen.insert(core).second) problems.add("cores", std::to_string(core), "a core is given twice");
  }
  if (workers.cores.empty() || !problems.knows("cores")) return;
  constexpr std::string_view kEither = "excludes workers.cores, which are given too: leave one of them out";
  if (workers.count) problems.add("count", std::to_string(*workers.count), kEither);
  if (workers.start_core != 0) problems.add("start_core", std::to_string(workers.start_core), kEither);
}

void check_own(const ClientTimeouts& timeouts, Problems problems) {
  if (!problems.knows("head") || timeouts.request >= timeouts.head) return;
  problems.add(
      "request", format_duration(timeouts.request),
      fmt::format("must not be shorter than client_timeouts.head, {}", format_duration(timeouts.head)));
}

}  // namespace demo
