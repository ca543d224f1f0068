#pragma once

#include <cstdint>

namespace demo {

// Virtual time is a 64-bit number that wraps around: two times that lie within half of its range are compared
// by their difference. Pure.
constexpr bool is_earlier(std::uint64_t a, std::uint64_t b) { return static_cast<std::int64_t>(a - b) < 0; }

}  // namespace demo
