#pragma once

#include <string_view>

namespace demo::text {

// Whether the text holds decimal digits alone; an empty one does. Pure.
constexpr bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace demo::text
