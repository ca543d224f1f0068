#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "supervisor/api/supervisor_api.h"

namespace demo {

// The reports of each pool's backends, in their order. Borrowed.
using BackendsByPool = std::map<std::string_view, std::vector<const BackendReport*>>;

inline BackendsByPool by_pool(const std::vector<BackendReport>& backends) {
  BackendsByPool pools;
  for (const BackendReport& report : backends) pools[report.pool].push_back(&report);
  return pools;
}

}  // namespace demo
