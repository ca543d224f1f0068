#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <array>
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
#include "base/log.h"
#include "config/config.h"
#include "config/fields.h"
#include "config/value_range.h"
#include "text/closest_word.h"
#include "text/letter_case.h"

// One value of the file read into one field. Each function writes `value` and returns "", or leaves it and
// returns why the node does not fit, as the end of a sentence: "must be true or false".
namespace demo {

std::string read_value(const toml::node& node, bool& value, const FieldForm& form);
std::string read_value(const toml::node& node, std::string& value, const FieldForm& form);
std::string read_value(const toml::node& node, std::chrono::milliseconds& value, const FieldForm& form);
std::string read_value(const toml::node& node, Address& value, const FieldForm& form);
std::string read_value(const toml::node& node, Endpoint& value, const FieldForm& form);
// "Name: value".
std::string read_value(const toml::node& node, std::pair<std::string, std::string>& value,
                       const FieldForm& form);
// An integer, or with FieldUnit::kBytes a string such as "20k" too. Beyond the largest integer of TOML a
// number is a string. range: what is allowed, for the reason.
std::string read_integer(const toml::node& node, const FieldForm& form, const std::string& range,
                         std::uint64_t& value);

// What a list of such values is called: "must be a list of core numbers such as [0, 2, 4]".
constexpr std::string_view must_be_list(const std::vector<unsigned>&) {
  return "must be a list of core numbers such as [0, 2, 4]";
}
constexpr std::string_view must_be_list(const std::vector<std::pair<std::string, std::string>>&) {
  return "must be a list of fields such as [\"X-Served-By: demo\"]";
}

// "must be one of auto, server, ..., did you mean \"auto\"?": every value of an enum, and the one that
// is near to what was given.
template <WordedEnum Enum>
std::string must_be_one_of(std::string_view given) {
  const std::vector<std::string> names = words_of<Enum>();
  return fmt::format("must be one of {}{}", fmt::join(names, ", "),
                     text::did_you_mean(text::nearest_word(given, names)));
}

// A word in letters of either case, as democtl and JSON take it.
template <WordedEnum Enum>
std::string read_value(const toml::node& node, Enum& value, const FieldForm&) {
  const auto text = node.value_exact<std::string_view>();
  const std::optional<Enum> parsed = text ? parse_word<Enum>(text::small_letters(*text)) : std::nullopt;
  if (!parsed) return must_be_one_of<Enum>(text.value_or(""));
  value = *parsed;
  return "";
}

template <std::integral Number>
std::string read_value(const toml::node& node, Number& value, const FieldForm& form) {
  std::uint64_t number = 0;
  FieldForm bounds = form;
  bounds.most = most_of<Number>(form);
  std::string why = read_integer(node, bounds, range_text<Number>(form), number);
  if (why.empty()) value = static_cast<Number>(number);
  return why;
}

template <typename T>
std::string read_value(const toml::node& node, std::optional<T>& value, const FieldForm& form) {
  T inner{};
  std::string why = read_value(node, inner, form);
  if (why.empty()) value = inner;
  return why;
}

// Of a list, the reason is that of its first wrong element.
template <typename T>
std::string read_value(const toml::node& node, std::vector<T>& value, const FieldForm& form) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) return std::string(must_be_list(value));
  std::vector<T> list;
  for (const toml::node& element : *array) {
    if (std::string why = read_value(element, list.emplace_back(), form); !why.empty()) return why;
  }
  value = std::move(list);
  return "";
}

}  // namespace demo
