#include "server/shape_query.h"

#include <charconv>

#include "base/limits.h"

namespace demo {
namespace {

constexpr auto kDelayMsMax = static_cast<std::uint64_t>(limits::kShapedDelayMax.count());

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || last != end) return std::nullopt;
  return value;
}

unsigned shift_of_suffix(char c) {
  switch (c) {
    case 'k':
    case 'K':
      return 10;
    case 'm':
    case 'M':
      return 20;
    case 'g':
    case 'G':
      return 30;
    default:
      return 0;
  }
}

std::optional<std::uint64_t> size_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const unsigned shift = shift_of_suffix(text.back());
  if (shift != 0) text.remove_suffix(1);
  const std::optional<std::uint64_t> value = number(text);
  if (!value || *value > limits::kPatternBodyBytes >> shift) return std::nullopt;
  return *value << shift;
}

void apply(std::string_view name, std::string_view value, ResponseShape& shape) {
  if (name == "s") {
    if (const auto size = size_of(value)) shape.size = size;
  } else if (name == "r") {
    const auto status = number(value);
    if (status && *status >= 200 && *status <= 599) shape.status = static_cast<unsigned>(*status);
  } else if (name == "t") {
    const auto delay = number(value);
    if (delay && *delay <= kDelayMsMax) shape.delay_ms = static_cast<std::uint32_t>(*delay);
  } else if (name == "c") {
    if (value == "0" || value == "1") shape.close = value == "1";
  } else if (name == "chunked") {
    if (value == "0" || value == "1") shape.chunked = value == "1";
  }
}

}  // namespace

ResponseShape parse_shape_query(std::string_view path_query) {
  ResponseShape shape;
  const std::size_t mark = path_query.find('?');
  std::string_view rest = mark == std::string_view::npos ? std::string_view() : path_query.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view parameter = rest.substr(0, end);
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos) {
      apply(parameter.substr(0, equals), parameter.substr(equals + 1), shape);
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return shape;
}

}  // namespace demo
