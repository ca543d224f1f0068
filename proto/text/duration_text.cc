#include "text/duration_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <limits>

namespace demo::text {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::array<Unit, 7> kUnits{{{"d", 86'400'000'000'000},
                                      {"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", kMillisecond},
                                      {"us", 1'000},
                                      {"ns", 1}}};

// The unit that the text starts with, longest name first so that "ms" is not taken for "m".
std::optional<std::size_t> unit_at(std::string_view text) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (text.starts_with(kUnits[i].name) && (!found || kUnits[i].name.size() > kUnits[*found].name.size())) {
      found = i;
    }
  }
  return found;
}

// amount: of `nanoseconds` each.
std::string in_largest_unit(std::int64_t amount, std::int64_t nanoseconds) {
  if (amount == 0) return "0s";
  for (const Unit& unit : kUnits) {
    const std::int64_t size = unit.nanoseconds / nanoseconds;
    if (amount % size == 0) return fmt::format("{}{}", amount / size, unit.name);
  }
  std::abort();  // the last one that is asked for is one itself
}

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
  if (text == "0") return 0;
  std::int64_t total = 0;
  std::size_t smallest_used = 0;
  bool first = true;
  while (!text.empty() || first) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0 || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto unit = unit_at(text);
    if (!unit || (!first && *unit <= smallest_used)) return std::nullopt;
    text.remove_prefix(kUnits[*unit].name.size());
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    if (number > (kMax - total) / kUnits[*unit].nanoseconds) return std::nullopt;
    total += number * kUnits[*unit].nanoseconds;
    smallest_used = *unit;
    first = false;
  }
  return total;
}

std::string format_duration(std::int64_t nanoseconds) { return in_largest_unit(nanoseconds, 1); }

std::string format_milliseconds(std::int64_t milliseconds) {
  return in_largest_unit(milliseconds, kMillisecond);
}

}  // namespace demo::text
