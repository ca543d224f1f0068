#pragma once

#include <string>
#include <vector>

#include "supervisor/api/supervisor_api.h"

namespace demo {

// Who has a version in force.
struct Acknowledgement {
  std::vector<WorkerOutcome> workers;  // one a worker of the plan
  bool complete = false;  // nothing is left to wait for: workers without a process get it when they are back
  std::vector<std::string> warnings;  // what it brings about later, one sentence each
};

}  // namespace demo
