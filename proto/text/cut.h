#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "text/utf8.h"

namespace demo::text {

// How much of what somebody wrote a message quotes, in bytes.
inline constexpr std::size_t kQuotedBytes = 60;

// The text as a message quotes it: of a long one the beginning, whole characters of it, and a mark. Pure.
inline std::string cut(std::string_view text, std::size_t most = kQuotedBytes) {
  if (text.size() <= most) return std::string(text);
  return std::string(text.substr(0, whole_characters(text, most))) + "...";
}

}  // namespace demo::text
