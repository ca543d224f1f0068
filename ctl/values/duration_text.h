#pragma once

#include <cstdint>
#include <string>

#include "text/duration_text.h"

namespace demo::ctl {

using text::format_duration;
using text::parse_duration;

// As people read an age: its two largest units, "3d 4h", "12m 5s", "8s".
std::string format_age(std::int64_t seconds);

}  // namespace demo::ctl
