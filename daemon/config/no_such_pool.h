#pragma once

#include <string>

#include "base/result.h"
#include "config/config.h"

namespace demo {

// ", did you mean \"api\"?" of the pool whose name is near, or nothing.
std::string near_pool(const Config& config, const std::string& name);

// Why there is no pool of the name, with the near one. field: of the request, that has the name. kNotFound.
Error no_such_pool(const Config& config, const std::string& name, std::string field = "pool");

}  // namespace demo
