#pragma once

#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace demo {

// Every rule a desired state must keep, checked without touching the system. Empty when all hold. Each
// problem is kInvalidArgument with field and value, one sentence each.
std::vector<Error> validate(const Config& config);

}  // namespace demo
