#pragma once

#include <cstdint>
#include <string_view>

namespace demo {

inline constexpr std::uint64_t kFnvStart = 0xCBF29CE484222325U;

// FNV-1a of what went before and these bytes: the same in every process and every build. Not for adversaries.
constexpr std::uint64_t fnv_hash(std::string_view bytes, std::uint64_t before = kFnvStart) {
  for (const char byte : bytes) before = (before ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
  return before;
}

// The same of a number's eight bytes, whatever the machine's order.
constexpr std::uint64_t fnv_hash(std::uint64_t number, std::uint64_t before) {
  for (unsigned bit = 0; bit < 64; bit += 8) before = (before ^ ((number >> bit) & 0xFF)) * 0x100000001B3U;
  return before;
}

}  // namespace demo
