#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace demo::ctl {

// What whoever watches is told when the daemon ends and when it is there again. source: what it is called.
inline std::string went_away(std::string_view source) {
  return fmt::format("{} went away, reconnecting", source);
}
inline std::string is_back(std::string_view source) { return fmt::format("{} is back", source); }

}  // namespace demo::ctl
