#include "supervisor/start/available_cores.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

namespace demo {
namespace {

std::vector<unsigned> affinity_cores() {
  std::vector<unsigned> cores;
  // The kernel refuses a set smaller than its own: ask for more than any machine has.
  constexpr unsigned kCores = 8192;
  cpu_set_t* const set = CPU_ALLOC(kCores);
  const std::size_t size = CPU_ALLOC_SIZE(kCores);
  if (::sched_getaffinity(0, size, set) == 0) {
    for (unsigned core = 0; core < kCores; ++core) {
      if (CPU_ISSET_S(core, size, set)) cores.push_back(core);
    }
  }
  CPU_FREE(set);
  return cores;
}

// Cores that a quota of a period is worth; none for no limit (version 2: "max", version 1: -1).
std::optional<unsigned> cores_of(const std::string& quota, const std::string& period) {
  try {
    const double share = std::stod(quota) / std::stod(period);
    if (share <= 0) return std::nullopt;
    return static_cast<unsigned>(std::max(1.0, std::ceil(share)));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string first_line(const std::string& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

std::optional<unsigned> limit_of_folder(const std::string& folder) {
  std::istringstream v2(first_line(folder + "/cpu.max"));
  std::string quota;
  std::string period;
  if (v2 >> quota >> period) return cores_of(quota, period);
  return cores_of(first_line(folder + "/cpu.cfs_quota_us"), first_line(folder + "/cpu.cfs_period_us"));
}

// The tightest limit of a control group and those above it.
std::optional<unsigned> limit_of_group(const std::string& mount, std::string group) {
  std::optional<unsigned> tightest;
  while (true) {
    if (const auto limit = limit_of_folder(mount + group))
      tightest = std::min(tightest.value_or(*limit), *limit);
    if (group.empty() || group == "/") return tightest;
    group.resize(group.rfind('/'));
  }
}

// Whether a version 1 hierarchy, "cpu,cpuacct", has the cpu controller.
bool has_cpu(std::string_view controllers) {
  return fmt::format(",{},", controllers).find(",cpu,") != std::string::npos;
}

std::optional<unsigned> quota_cores(const std::string& root) {
  std::optional<unsigned> tightest;
  std::ifstream groups(root + "/proc/self/cgroup");
  // Lines of cgroups(7): "0::/path" (version 2) or "4:cpu,cpuacct:/path".
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    std::optional<unsigned> limit;
    if (controllers.empty()) {
      limit = limit_of_group(root + "/sys/fs/cgroup", group);
    } else if (has_cpu(controllers)) {
      limit = limit_of_group(root + "/sys/fs/cgroup/" + controllers, group);
    }
    if (limit) tightest = std::min(tightest.value_or(*limit), *limit);
  }
  return tightest;
}

}  // namespace

AvailableCores read_available_cores(const std::string& root) { return {affinity_cores(), quota_cores(root)}; }

}  // namespace demo
