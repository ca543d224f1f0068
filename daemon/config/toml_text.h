#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/address.h"
#include "config/fields.h"
#include "config/value_text.h"

// One value of the desired state as the file spells it: what read_value() (config/toml_value.h) reads back.
// Pure.
namespace demo {

// A text in quotes on one line. Characters that steer a terminal, and bytes that are no UTF-8, are escaped;
// the latter come back as characters, so only UTF-8 comes back as it was.
std::string toml_string(std::string_view text);

// Beyond the largest integer of TOML (2^63-1) a number is a text.
std::string toml_number(std::uint64_t value, FieldUnit unit);

inline std::string toml_text(bool value, FieldUnit unit) { return value_text(value, unit); }
inline std::string toml_text(const std::string& value, FieldUnit) { return toml_string(value); }
inline std::string toml_text(std::chrono::milliseconds value, FieldUnit unit) {
  return toml_string(value_text(value, unit));
}
inline std::string toml_text(const Address& value, FieldUnit) { return toml_string(value.to_string()); }
inline std::string toml_text(const Endpoint& value, FieldUnit) { return toml_string(value.text); }
std::string toml_text(const std::vector<unsigned>& value, FieldUnit unit);
// One a line.
std::string toml_text(const std::vector<std::pair<std::string, std::string>>& value, FieldUnit unit);

// No number of the desired state is negative.
template <std::integral Number>
requires(!std::same_as<Number, bool>) std::string toml_text(Number value, FieldUnit unit) {
  return toml_number(static_cast<std::uint64_t>(value), unit);
}

template <typename Enum>
requires std::is_enum_v<Enum> std::string toml_text(Enum value, FieldUnit unit) {
  return toml_string(value_text(value, unit));
}

// "" when it is unset: then the file does not name it.
template <typename T>
std::string toml_text(const std::optional<T>& value, FieldUnit unit) {
  return value ? toml_text(*value, unit) : "";
}

}  // namespace demo
