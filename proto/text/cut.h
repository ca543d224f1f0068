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

// The same of what its end tells more about, such as a path: a mark and the end, `most` bytes in all. Pure.
inline std::string cut_front(std::string_view text, std::size_t most) {
  constexpr std::string_view kMark = "...";
  if (text.size() <= most) return std::string(text);
  const std::size_t from = text.size() - most + kMark.size();
  std::size_t begin = whole_characters(text, from);
  if (begin < from) begin += piece_size(text.substr(begin));
  return std::string(kMark).append(text.substr(begin));
}

}  // namespace demo::text
