#pragma once

#include <optional>

#include "config/config_merge.h"

namespace demo {

// The part of merge_config() that looks at listeners and their pools together: one side may take a pool away
// that a listener of the other needs. That is one collision a pool, and the side that stands has the pool
// back, or its own version of the listeners, which may be none. result: of the merge value by value. What one
// side lacks by itself is not touched: validate() tells it.
void settle_references(const std::optional<Config>& base, const Config& file, const Config& running,
                       MergeSide side, ConfigMerge& result);

}  // namespace demo
