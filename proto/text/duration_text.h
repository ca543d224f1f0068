#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace demo::text {

// "500us", "250ms", "15s", "5m", "2h", "7d", or several from large to small ("1m30s"), as nanoseconds. "0"
// needs no unit. Nothing for any other text or an overflow.
std::optional<std::int64_t> parse_duration(std::string_view text);

// The largest unit that loses nothing: "90s", "5m", "1500ms", "0s". parse_duration() reads it back unless it
// is negative.
std::string format_duration(std::int64_t nanoseconds);
std::string format_milliseconds(std::int64_t milliseconds);

}  // namespace demo::text
