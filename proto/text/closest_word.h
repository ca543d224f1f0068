#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace demo::text {

// The word that a mistyped one most likely meant: at most a third of its letters differ (insertions,
// deletions, replacements, swaps of neighbours), one always may, but not all; the dashes of an option are no
// letters. Of equally near ones one that begins alike. Empty when none is near, and for more than 64 bytes.
std::string nearest_word(std::string_view mistyped, const std::vector<std::string>& words);

// The same, or the only word of which it is the beginning.
std::string closest_word(std::string_view mistyped, const std::vector<std::string>& words);

// ", did you mean \"proxy\"?" of such a word, nothing of none: the end of a message about a mistyped one.
std::string did_you_mean(std::string_view word);

// The same of its closest word; else of the two to five words of which it is the beginning.
std::string did_you_mean(std::string_view mistyped, const std::vector<std::string>& words);

// "\"autp\" is not one of auto, server, did you mean \"auto\"?". words: in lower case; what was meant is told
// whatever case it was typed in.
std::string not_one_of(std::string_view mistyped, const std::vector<std::string>& words);

}  // namespace demo::text
