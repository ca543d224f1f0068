#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// What was refused within the last ten seconds, besides what backend reports say.
struct RefusalFacts {
  std::map<std::string, std::uint64_t> loops;  // answers 508, by the listener's address
  std::uint64_t accept_errors = 0;
  bool clients_waited = false;  // at the limit of client connections
};

// By subject ("pool default", "listener 0.0.0.0:80", "clients"): what is refused and what an operator can do,
// one sentence. Pure.
std::map<std::string, std::string> find_refusal_problems(const Config& config,
                                                         const std::vector<BackendReport>& backends,
                                                         const RefusalFacts& facts);

}  // namespace demo
