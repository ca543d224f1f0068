#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace demo::text {

// "512", "20k", "16m", "1g": bytes with a power of 1024, in either case. Nothing for any other text or an
// overflow.
std::optional<std::uint64_t> parse_byte_size(std::string_view text);

// The largest unit that loses nothing: "20k", "1000". parse_byte_size() reads it back.
std::string format_byte_size(std::uint64_t bytes);

}  // namespace demo::text
