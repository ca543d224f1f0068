#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace demo {

// "500ms", "15s", "5m", "2h", "7d", or several from large to small: "1m30s". "0" needs no unit. Nothing for
// any other text, a missing unit, or more than limits::kConfiguredTimeMax.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// The largest unit that loses nothing: "90s", "5m", "1500ms". parse_duration() reads it back for durations in
// range.
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace demo
