#pragma once

#include <string>

#include "config/config_file.h"
#include "supervisor/handover/inheritance.h"
#include "supervisor/start/cpu_plan.h"
#include "supervisor/start/flags.h"
#include "supervisor/upgrade/fallback.h"
#include "supervisor/upgrade/program.h"

namespace demo {

// What the daemon was started with, read and found right.
struct Launch {
  Flags flags;
  Config file;      // flags and configuration file
  ConfigFile said;  // what the file says, and where
  AvailableCores cores;
  Inheritance inheritance;
  Program program;
};

}  // namespace demo
