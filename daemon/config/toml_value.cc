#include "config/toml_value.h"

#include <fmt/format.h>

#include <limits>

#include "config/header_text.h"
#include "text/byte_size.h"
#include "text/digits.h"
#include "text/duration_text.h"
#include "text/meant_duration.h"

namespace demo {
namespace {

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

std::string read_value(const toml::node& node, bool& value, const FieldForm&) {
  const auto flag = node.value_exact<bool>();
  if (!flag) return "must be true or false";
  value = *flag;
  return "";
}

std::string read_value(const toml::node& node, std::string& value, const FieldForm&) {
  const auto text = node.value_exact<std::string_view>();
  if (!text) return "must be a text in quotes";
  value = *text;
  return "";
}

std::string read_value(const toml::node& node, std::chrono::milliseconds& value, const FieldForm& form) {
  constexpr std::int64_t kMillisecond = 1'000'000;
  std::optional<std::int64_t> nanoseconds;
  if (node.value_exact<std::int64_t>() == 0) {
    nanoseconds = 0;
  } else if (const auto text = node.value_exact<std::string_view>()) {
    nanoseconds = text::parse_duration(*text);
  }
  if (!nanoseconds) {
    return fmt::format("must be a time {}, such as \"15s\", \"500ms\" or \"1m30s\"{}", time_range_text(form),
                       text::did_you_mean_duration(node.value_exact<std::string_view>().value_or("")));
  }
  if (*nanoseconds % kMillisecond != 0) return "must be whole milliseconds, " + time_range_text(form);
  const std::chrono::milliseconds time(*nanoseconds / kMillisecond);
  std::string why = range_fault(time, form);
  if (why.empty()) value = time;
  return why;
}

std::string read_value(const toml::node& node, Address& value, const FieldForm&) {
  return read_address(node, value);
}
std::string read_value(const toml::node& node, Endpoint& value, const FieldForm&) {
  return read_address(node, value);
}

std::string read_value(const toml::node& node, std::pair<std::string, std::string>& value, const FieldForm&) {
  const auto line = node.value_exact<std::string_view>();
  const std::size_t colon = line ? line->find(':') : std::string_view::npos;
  if (colon == std::string_view::npos) return "must be a field such as \"X-Served-By: demo\"";
  value = {std::string(line->substr(0, colon)), std::string(without_blanks(line->substr(colon + 1)))};
  return "";
}

std::string read_integer(const toml::node& node, const FieldForm& form, const std::string& range,
                         std::uint64_t& value) {
  constexpr std::uint64_t kLargestInteger = std::numeric_limits<std::int64_t>::max();
  const bool is_size = form.unit == FieldUnit::kBytes;
  const auto integer = node.value_exact<std::int64_t>();
  const auto text = node.value_exact<std::string_view>();
  const bool digits = text && !text->empty() && text::is_digits(*text);
  std::optional<std::uint64_t> number;
  if (integer && *integer >= 0) number = static_cast<std::uint64_t>(*integer);
  if (text) number = text::parse_byte_size(*text);
  const bool as_text = is_size || (digits && number.value_or(0) > kLargestInteger);
  if (number && (!text || as_text) && is_in_range(*number, form)) {
    value = *number;
    return "";
  }
  if (is_size) return fmt::format("must be a size {}, such as 512, \"20k\" or \"1m\"", range);
  if (integer) return "must be " + range;
  return fmt::format("must be a whole number {}{}", range, digits && number ? ", without quotes" : "");
}

}  // namespace demo
