#pragma once

#include <cstdint>
#include <string_view>

#include "base/fnv_hash.h"

namespace demo {

// Spreads the bits of a number (the finalizer of SplitMix64). Not for adversaries: whoever picks a backend by
// hash may be steered by clients, never harmed.
constexpr std::uint64_t mix_bits(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

// FNV-1a, mixed: the same in every worker and every build, which consistent hashing needs.
constexpr std::uint64_t hash_bytes(std::string_view bytes) { return mix_bits(fnv_hash(bytes)); }

}  // namespace demo
