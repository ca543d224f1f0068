#include "supervisor/start/cpu_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/limits.h"

namespace demo {
namespace {

bool has(const std::vector<unsigned>& cores, unsigned core) {
  return std::find(cores.begin(), cores.end(), core) != cores.end();
}

std::string describe(const std::vector<unsigned>& cores) {
  const bool plural = cores.size() != 1;
  return fmt::format("core{} {} {} available", plural ? "s" : "", fmt::join(cores, ", "),
                     plural ? "are" : "is");
}

Result<std::vector<unsigned>> check_core_list(const std::vector<unsigned>& wanted,
                                              const std::vector<unsigned>& cores) {
  for (auto core = wanted.begin(); core != wanted.end(); ++core) {
    const std::string value = std::to_string(*core);
    if (!has(cores, *core)) {
      return invalid("workers.cores", value,
                     fmt::format("core {} does not exist here: {}", value, describe(cores)));
    }
    if (std::find(wanted.begin(), core, *core) != core) {
      return invalid("workers.cores", value,
                     fmt::format("core {} is listed twice: one worker a core", value));
    }
  }
  return wanted;
}

}  // namespace

Result<std::vector<unsigned>> plan_workers(const WorkerPlan& plan, const AvailableCores& available) {
  if (!plan.cores.empty()) return check_core_list(plan.cores, available.cores);
  if (!has(available.cores, plan.start_core)) {
    // The default start core means "from the first one on" where an affinity mask leaves core 0 out.
    if (plan.start_core != 0 || available.cores.empty()) {
      return invalid(
          "workers.start_core", std::to_string(plan.start_core),
          fmt::format("start core {} does not exist here: {}", plan.start_core, describe(available.cores)));
    }
  }
  std::vector<unsigned> cores = available.cores;
  std::erase_if(cores, [&](unsigned core) { return core < plan.start_core; });
  std::size_t count = std::min<std::size_t>(cores.size(), limits::kWorkers);
  if (plan.count) {
    count = *plan.count;
  } else if (available.quota) {
    count = std::min<std::size_t>(count, *available.quota);
  }
  if (count > cores.size()) {
    return invalid(
        "workers.count", std::to_string(count),
        fmt::format("{} workers from core {} on are more than there are cores ({}): ask for at most {}",
                    count, plan.start_core, describe(cores), cores.size()));
  }
  cores.resize(count);
  return cores;
}

FittedPlan fit_workers(const WorkerPlan& plan, const AvailableCores& available) {
  auto whole = plan_workers(plan, available);
  if (whole) return {std::move(*whole), ""};
  std::vector<unsigned> cores;
  for (const unsigned core : plan.cores) {
    if (has(available.cores, core) && !has(cores, core)) cores.push_back(core);
  }
  if (cores.empty()) {
    std::copy_if(available.cores.begin(), available.cores.end(), std::back_inserter(cores),
                 [&](unsigned core) { return core >= plan.start_core; });
    if (cores.empty() || !plan.cores.empty()) cores = available.cores;
    std::size_t count = available.quota.value_or(limits::kWorkers);
    if (plan.count) count = *plan.count;
    if (!plan.cores.empty()) count = plan.cores.size();
    cores.resize(std::min({cores.size(), count, std::size_t{limits::kWorkers}}));
  }
  std::string problem = fmt::format("{}; workers run on {} only, until a start finds more",
                                    whole.error().message, fmt::join(cores, ", "));
  return {std::move(cores), std::move(problem)};
}

}  // namespace demo
