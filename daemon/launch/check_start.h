#pragma once

#include "config/config.h"
#include "supervisor/start/flags.h"

namespace demo {

// The rest of --check-config, once flags and file could be read: what a start would say of the files that the
// flags name. Paths that they do not name are for who starts the daemon, and whoever that is. The exit
// status.
int check_start(const Flags& flags, const Config& config);

}  // namespace demo
