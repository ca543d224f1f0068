#pragma once

#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/log.h"
#include "config/accept_mode.h"
#include "config/duration.h"
#include "config/fields.h"
#include "text/byte_size.h"

// One value of the desired state as people read it in differences and messages.
namespace demo {

inline std::string value_text(bool value, FieldUnit) { return value ? "true" : "false"; }
inline std::string value_text(const std::string& value, FieldUnit) { return fmt::format("\"{}\"", value); }
inline std::string value_text(std::chrono::milliseconds value, FieldUnit) { return format_duration(value); }
inline std::string value_text(const Address& value, FieldUnit) { return value.to_string(); }
inline std::string value_text(const Endpoint& value, FieldUnit) { return value.text; }

template <std::integral Number>
requires(!std::same_as<Number, bool>) std::string value_text(Number value, FieldUnit unit) {
  if (unit == FieldUnit::kBytes && value >= 0)
    return text::format_byte_size(static_cast<std::uint64_t>(value));
  return fmt::format("{}", value);
}

template <typename Enum>
requires std::is_enum_v<Enum> std::string value_text(Enum value, FieldUnit) {
  return std::string(to_string(value));
}

inline std::string value_text(const std::vector<unsigned>& value, FieldUnit) {
  return value.empty() ? "unset" : fmt::format("{}", fmt::join(value, ","));
}

inline std::string value_text(const std::vector<std::pair<std::string, std::string>>& fields, FieldUnit) {
  std::string text;
  for (const auto& [name, value] : fields)
    text += fmt::format("{}\"{}: {}\"", text.empty() ? "" : ", ", name, value);
  return text.empty() ? "none" : text;
}

template <typename T>
std::string value_text(const std::optional<T>& value, FieldUnit unit) {
  return value ? value_text(*value, unit) : "unset";
}

}  // namespace demo
