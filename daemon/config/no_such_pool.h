#pragma once

#include <string>

#include "base/result.h"
#include "config/config.h"

namespace demo {

// Why there is no pool of the name, with the near one. kNotFound.
Error no_such_pool(const Config& config, const std::string& name);

}  // namespace demo
