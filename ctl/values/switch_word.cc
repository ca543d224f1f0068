#include "values/switch_word.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <string>

namespace demo::ctl {

std::optional<bool> parse_switch(std::string_view word) {
  constexpr std::array<const char*, 3> kOn{"on", "yes", "true"};
  constexpr std::array<const char*, 3> kOff{"off", "no", "false"};
  const auto is_word = [typed = std::string(word)](const char* known) {
    return ::strcasecmp(typed.c_str(), known) == 0;
  };
  if (std::any_of(kOn.begin(), kOn.end(), is_word)) return true;
  if (std::any_of(kOff.begin(), kOff.end(), is_word)) return false;
  return std::nullopt;
}

}  // namespace demo::ctl
