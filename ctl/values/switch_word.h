#pragma once

#include <optional>
#include <string_view>

namespace demo::ctl {

// What turns something on or off: "on", "yes" and "true", or "off", "no" and "false", in either case. Nothing
// for any other word.
std::optional<bool> parse_switch(std::string_view word);

}  // namespace demo::ctl
