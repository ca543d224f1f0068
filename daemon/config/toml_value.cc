#include "config/toml_value.h"

#include <fmt/format.h>

#include "config/byte_size.h"
#include "config/duration.h"

namespace demo {
namespace {

constexpr std::string_view kMustBeDuration =
    "must be a time such as \"15s\", \"500ms\" or \"1m30s\", at most 7d";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Keeps why an address is refused; the message of Address::parse names the value itself, which report() does
// too.
template <typename T>
std::string read_address(const toml::node& node, T& value) {
  const auto text = node.value_exact<std::string_view>();
  if (!text) return "must be a text such as \"10.0.0.3:80\"";
  auto parsed = T::parse(*text);
  if (!parsed) return parsed.error().message;
  value = *parsed;
  return "";
}

}  // namespace

std::string read_value(const toml::node& node, bool& value, FieldUnit) {
  const auto flag = node.value_exact<bool>();
  if (!flag) return "must be true or false";
  value = *flag;
  return "";
}

std::string read_value(const toml::node& node, std::string& value, FieldUnit) {
  const auto text = node.value_exact<std::string_view>();
  if (!text) return "must be a text in quotes";
  value = *text;
  return "";
}

std::string read_value(const toml::node& node, std::chrono::milliseconds& value, FieldUnit) {
  if (node.value_exact<std::int64_t>() == 0) {
    value = std::chrono::milliseconds(0);
    return "";
  }
  const auto text = node.value_exact<std::string_view>();
  const auto duration = text ? parse_duration(*text) : std::nullopt;
  if (!duration) return std::string(kMustBeDuration);
  value = *duration;
  return "";
}

std::string read_value(const toml::node& node, Address& value, FieldUnit) {
  return read_address(node, value);
}
std::string read_value(const toml::node& node, Endpoint& value, FieldUnit) {
  return read_address(node, value);
}

std::string read_value(const toml::node& node, std::vector<unsigned>& value, FieldUnit unit) {
  constexpr std::string_view kMustBeCores = "must be a list of core numbers such as [0, 2, 4]";
  const toml::array* array = node.as_array();
  if (array == nullptr) return std::string(kMustBeCores);
  std::vector<unsigned> cores;
  for (const toml::node& element : *array) {
    if (!read_value(element, cores.emplace_back(), unit).empty()) return std::string(kMustBeCores);
  }
  value = std::move(cores);
  return "";
}

std::string read_value(const toml::node& node, std::vector<std::pair<std::string, std::string>>& value,
                       FieldUnit) {
  constexpr std::string_view kMustBeFields = "must be a list of fields such as [\"X-Served-By: demo\"]";
  const toml::array* array = node.as_array();
  if (array == nullptr) return std::string(kMustBeFields);
  std::vector<std::pair<std::string, std::string>> fields;
  for (const toml::node& element : *array) {
    const auto line = element.value_exact<std::string_view>();
    const std::size_t colon = line ? line->find(':') : std::string_view::npos;
    if (colon == std::string_view::npos) return std::string(kMustBeFields);
    fields.emplace_back(line->substr(0, colon), trim(line->substr(colon + 1)));
  }
  value = std::move(fields);
  return "";
}

std::string read_integer(const toml::node& node, std::uint64_t most, std::uint64_t& value, FieldUnit unit) {
  constexpr std::uint64_t kLargestInteger = std::numeric_limits<std::int64_t>::max();
  std::optional<std::uint64_t> number;
  if (const auto integer = node.value_exact<std::int64_t>(); integer && *integer >= 0) {
    number = static_cast<std::uint64_t>(*integer);
  } else if (const auto text = node.value_exact<std::string_view>()) {
    number = parse_byte_size(*text);
    const bool digits = text->find_first_not_of("0123456789") == std::string_view::npos;
    if (number && unit != FieldUnit::kBytes && !(digits && *number > kLargestInteger)) number.reset();
  }
  if (number && *number <= most) {
    value = *number;
    return "";
  }
  if (unit == FieldUnit::kBytes) return "must be a number of bytes, or a text such as \"20k\" or \"1m\"";
  if (node.value_exact<std::int64_t>().value_or(0) < 0) return "must be a whole number, not less than 0";
  const auto text = node.value_exact<std::string_view>();
  if (number) return "too large";
  return text && parse_byte_size(*text) ? "must be a whole number, without quotes" : "must be a whole number";
}

}  // namespace demo
