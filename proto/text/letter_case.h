#pragma once

#include <cctype>
#include <string>
#include <string_view>

// ASCII letters in the other case, for words that are read or printed in either. Pure.
namespace demo::text {

inline std::string small_letters(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return small;
}

inline std::string capitals(std::string_view text) {
  std::string large(text);
  for (char& c : large) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return large;
}

}  // namespace demo::text
