#pragma once

#include "config/config.h"
#include "config/problems.h"

namespace demo {

// The rules of one listener by itself and against the pools it may name. Fields start with the listener's own
// path.
void validate_listener(const Config& config, const Listener& listener, Problems problems);

}  // namespace demo
