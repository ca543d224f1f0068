#pragma once

#include <chrono>
#include <string>

#include "text/duration_text.h"

namespace demo {

// As the flags spell it: "90s", "5m", "1500ms".
inline std::string format_duration(std::chrono::milliseconds duration) {
  return text::format_milliseconds(duration.count());
}

}  // namespace demo
