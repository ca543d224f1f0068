#pragma once

#include <string>
#include <string_view>

#include "text/closest_word.h"
#include "text/duration_text.h"
#include "text/letter_case.h"

namespace demo::text {

// ", did you mean \"5s\"?" of "5S": units are in small letters. Nothing of a text that is no duration then
// either, for the end of a message that says so.
inline std::string did_you_mean_duration(std::string_view text) {
  const std::string small = small_letters(text);
  return small == text || !parse_duration(small) ? "" : did_you_mean(small);
}

}  // namespace demo::text
