#pragma once

#include <string>

#include "supervisor/start/cpu_plan.h"

namespace demo {

// Reads the affinity mask of this process, sched_getaffinity(2), and the CPU limits of its control groups of
// version 2 (cpu.max) and 1 (cpu.cfs_quota_us), the tightest up to the root. root is put before /proc and
// /sys; tests pass one.
AvailableCores read_available_cores(const std::string& root = "");

}  // namespace demo
