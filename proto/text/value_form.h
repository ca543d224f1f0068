#pragma once

#include <string>
#include <string_view>

namespace demo::text {

// What a message says that an option takes, from the placeholder of its value: "one of on, off" of "on|off",
// any other one as it is.
std::string value_form(std::string_view placeholder);

}  // namespace demo::text
