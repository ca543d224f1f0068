#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/fields.h"
#include "config/value_text.h"

// Whether a value is within the bounds of its form, and how people read them. Pure.
namespace demo {

template <std::integral Number>
bool is_in_range(Number value, const FieldForm& form) {
  return (std::cmp_greater_equal(value, form.least) && std::cmp_less_equal(value, form.most)) ||
         (form.or_zero && value == 0);
}

inline bool is_in_range(std::chrono::milliseconds value, const FieldForm& form) {
  return is_in_range(value.count(), form);
}

// The largest value that type and form allow.
template <std::integral Number>
std::uint64_t most_of(const FieldForm& form) {
  return std::min<std::uint64_t>(form.most, std::numeric_limits<Number>::max());
}

// "from 1 to 256", "from 200 to 599, or 0"; spell makes a text of each bound.
template <typename Spell>
std::string range_text(const FieldForm& form, std::uint64_t most, const Spell& spell) {
  return fmt::format("from {} to {}{}", spell(form.least), spell(most), form.or_zero ? ", or 0" : "");
}

template <std::integral Number>
std::string range_text(const FieldForm& form) {
  return range_text(form, most_of<Number>(form),
                    [&form](std::uint64_t bound) { return value_text(bound, form.unit); });
}

// "from 10ms to 7d".
inline std::string time_range_text(const FieldForm& form) {
  return range_text(form, form.most, [](std::uint64_t bound) {
    return format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(bound)));
  });
}

// What is wrong with a value that has the right type, as the end of a sentence: "must be from 1 to 256";
// empty when nothing is.
template <typename T>
std::string range_fault(const T&, const FieldForm&) {
  return "";
}

inline std::string range_fault(bool, const FieldForm&) { return ""; }

template <std::integral Number>
std::string range_fault(const Number& value, const FieldForm& form) {
  return is_in_range(value, form) ? "" : "must be " + range_text<Number>(form);
}

inline std::string range_fault(const std::chrono::milliseconds& value, const FieldForm& form) {
  return is_in_range(value, form) ? "" : "must be " + time_range_text(form);
}

template <typename T>
std::string range_fault(const std::optional<T>& value, const FieldForm& form) {
  return value ? range_fault(*value, form) : "";
}

inline std::string range_fault(const std::vector<unsigned>& values, const FieldForm& form) {
  const auto wrong = std::find_if(values.begin(), values.end(),
                                  [&form](unsigned value) { return !is_in_range(value, form); });
  return wrong == values.end() ? "" : "each must be " + range_text<unsigned>(form);
}

}  // namespace demo
