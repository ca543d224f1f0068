#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// What an operator can mend, one sentence each.
struct TrafficProblems {
  std::vector<std::string> refused;   // requests are refused or fail for it
  std::vector<std::string> warnings;  // others serve instead, or checks cannot be made
};

// What keeps requests of the listeners that forward from being served: pools that are missing or without a
// backend that is usable, and backends that fail. Pure.
TrafficProblems find_traffic_problems(const Config& config, const std::vector<BackendReport>& backends);

}  // namespace demo
