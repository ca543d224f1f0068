#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "config/problems.h"

namespace demo {

// The rules of one pool and of its parts, each by itself, bounds of single numbers aside. Fields start with
// its own path.
void check_own(const Pool& pool, Problems problems);
void check_own(const Backend& backend, Problems problems);
void check_own(const HealthCheck& health, Problems problems);
void check_own(const Ejection& ejection, Problems problems);

// A pool's name: 1 to limits::kNameBytes letters, digits, '.', '_' and '-', the first one a letter or digit.
void check_pool_name(Problems& problems, std::string_view field, const std::string& name);

}  // namespace demo
