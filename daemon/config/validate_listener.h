#pragma once

#include "config/config.h"
#include "config/problems.h"

namespace demo {

// The rules of one listener by itself, bounds of single numbers aside. Fields start with its own path.
void check_own(const Listener& listener, Problems problems);

// Whether the pool that it must have is there.
void check_pool_of(const Config& config, const Listener& listener, Problems problems);

}  // namespace demo
