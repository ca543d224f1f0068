#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace demo {

// What is valid and hardly meant, one sentence each: a listener of mode auto that answers by itself since it
// names a pool that does not exist. It may be set up before its pool; the pool "default" is never missed.
// Decided as decide_auto_modes() did. Pure.
std::vector<std::string> doubts(const Config& config);

// Those of next that before has not, and a pool that comes with its first backend while no listener names it
// and another pool's name is near. Pure.
std::vector<std::string> new_doubts(const Config& before, const Config& next);

}  // namespace demo
