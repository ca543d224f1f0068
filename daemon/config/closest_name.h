#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace demo {

// The candidate that a mistyped name most likely meant, "" when none is near: at most a third of its letters
// differ (insertions, deletions, replacements, swaps of neighbours), at least one is allowed to.
std::string closest_name(std::string_view mistyped, const std::vector<std::string>& candidates);

// ", did you mean \"api\"?" or nothing: the end of a sentence about a name that does not exist.
std::string did_you_mean(std::string_view mistyped, const std::vector<std::string>& candidates);

}  // namespace demo
