#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Numbers as people write and read them.
namespace demo::ctl {

// Decimal digits alone; nothing for any other text or an overflow.
std::optional<std::uint64_t> parse_whole(std::string_view text);
std::optional<std::int64_t> parse_signed(std::string_view text);

// At most five characters for any count or rate below 10^15: "0", "7.5", "812", "9999", "12.3k", "4.5M".
std::string short_number(double value);

// Bytes, or bytes a second, in at most six characters with a power of 1000: "0", "812B", "1.2MB", "3.4GB".
std::string short_bytes(double bytes);

// A service time in at most six characters: "850ns", "12.5us", "3.1ms", "2.0s". "-" when there is none.
std::string short_time(std::optional<std::uint64_t> nanoseconds);

// With one digit below ten: "0", "4.2", "98".
std::string short_percent(double percent);

}  // namespace demo::ctl
