#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace demo::text {

// The word that a mistyped one most likely meant: at most a third of its letters differ, one always may, or
// it is the beginning of exactly one word. Empty when none is near, and for more than 64 bytes.
std::string closest_word(std::string_view mistyped, const std::vector<std::string>& words);

// ", did you mean \"proxy\"?" or nothing: the end of a message about a mistyped word.
std::string did_you_mean(std::string_view mistyped, const std::vector<std::string>& words);

}  // namespace demo::text
