#pragma once

#include "config/config.h"
#include "config/problems.h"

namespace demo {

// The rules of each of them by itself, bounds of single numbers aside. Fields start with its own path.
// Whether cores exist is the supervisor's to know.
void check_own(const WorkerPlan& workers, Problems problems);
void check_own(const ClientTimeouts& timeouts, Problems problems);

}  // namespace demo
