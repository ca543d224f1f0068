#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace demo {

// The text of every value of an enum: one table serves both directions.
template <typename Enum, std::size_t kSize>
using NameTable = std::array<std::pair<Enum, std::string_view>, kSize>;

// "unknown" for a value outside the enum.
template <typename Enum, std::size_t kSize>
std::string_view name_of(const NameTable<Enum, kSize>& table, Enum value) {
  for (const auto& [candidate, name] : table) {
    if (candidate == value) return name;
  }
  return "unknown";
}

template <typename Enum, std::size_t kSize>
std::optional<Enum> value_of(const NameTable<Enum, kSize>& table, std::string_view text) {
  for (const auto& [value, name] : table) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace demo
