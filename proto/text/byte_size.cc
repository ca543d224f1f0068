#include "text/byte_size.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace demo::text {
namespace {

constexpr std::array<std::pair<char, unsigned>, 3> kUnitShifts = {{{'g', 30}, {'m', 20}, {'k', 10}}};

}  // namespace

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  std::uint64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty()) return amount;
  for (const auto& [letter, shift] : kUnitShifts) {
    if (text.size() != 1 || (text.front() | 0x20) != letter) continue;
    if (amount > (std::numeric_limits<std::uint64_t>::max() >> shift)) return std::nullopt;
    return amount << shift;
  }
  return std::nullopt;
}

std::string format_byte_size(std::uint64_t bytes) {
  for (const auto& [letter, shift] : kUnitShifts) {
    if (bytes != 0 && bytes % (std::uint64_t{1} << shift) == 0)
      return fmt::format("{}{}", bytes >> shift, letter);
  }
  return fmt::format("{}", bytes);
}

}  // namespace demo::text
