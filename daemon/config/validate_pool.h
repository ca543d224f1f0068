#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "config/problems.h"

namespace demo {

// The rules of one pool and its backends. Fields start with the pool's own path.
void validate_pool(const Pool& pool, Problems problems);

// A pool's name: 1 to limits::kNameBytes letters, digits, '.', '_' and '-', the first one a letter or digit.
void check_pool_name(Problems& problems, std::string_view field, const std::string& name);

}  // namespace demo
