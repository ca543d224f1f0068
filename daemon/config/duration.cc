#include "config/duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

#include "base/limits.h"

namespace demo {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> kUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::int64_t kMaxMs = std::chrono::milliseconds(limits::kConfiguredTimeMax).count();

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  std::int64_t total = 0;
  std::size_t next_unit = 0;  // units go from large to small, each at most once
  while (!text.empty()) {
    if (text.front() < '0' || text.front() > '9') return std::nullopt;
    std::int64_t amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) ++next_unit;
    if (next_unit == kUnits.size()) return std::nullopt;
    const std::int64_t unit = kUnits[next_unit++].milliseconds;
    if (amount > (kMaxMs - total) / unit) return std::nullopt;
    total += amount * unit;
    text.remove_prefix(name.size());
  }
  if (next_unit == 0) return std::nullopt;
  return std::chrono::milliseconds(total);
}

std::string format_duration(std::chrono::milliseconds duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0";
  for (const Unit& unit : kUnits) {
    if (count % unit.milliseconds == 0) return fmt::format("{}{}", count / unit.milliseconds, unit.name);
  }
  return fmt::format("{}ms", count);
}

}  // namespace demo
