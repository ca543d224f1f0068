#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace demo {

// ", did you mean \"api\"?" of another pool whose name is near, or nothing. granted: names that may be meant
// though no pool has them.
std::string near_pool(const Config& config, const std::string& name, std::vector<std::string> granted = {});

// Why there is no pool of the name, with the near one. field: of the request, that has the name. kNotFound.
Error no_such_pool(const Config& config, const std::string& name, std::string field = "pool");

}  // namespace demo
