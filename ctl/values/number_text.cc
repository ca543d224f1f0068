#include "values/number_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace demo::ctl {
namespace {

template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// value with three significant digits, a suffix a power of step; the first power is used from `from` on.
template <std::size_t N>
std::string scaled(double value, double from, double step, const std::array<std::string_view, N>& suffixes) {
  std::size_t power = 0;
  if (value >= from) {
    while (value >= step - step / 2000 && power + 1 < N) {
      value /= step;
      ++power;
    }
  }
  const bool whole = std::abs(value - std::round(value)) < 0.05 && power == 0;
  if (whole || value >= 99.95) return fmt::format("{:.0f}{}", value, suffixes[power]);
  return fmt::format("{:.1f}{}", value, suffixes[power]);
}

}  // namespace

std::optional<std::uint64_t> parse_whole(std::string_view text) { return parse<std::uint64_t>(text); }

std::optional<std::int64_t> parse_signed(std::string_view text) { return parse<std::int64_t>(text); }

std::string short_number(double value) {
  static constexpr std::array<std::string_view, 5> kSuffixes{"", "k", "M", "G", "T"};
  return scaled(value, 9'999.5, 1000, kSuffixes);
}

std::string short_bytes(double bytes) {
  static constexpr std::array<std::string_view, 6> kSuffixes{"B", "kB", "MB", "GB", "TB", "PB"};
  return bytes == 0 ? "0" : scaled(bytes, 999.5, 1000, kSuffixes);
}

std::string short_time(std::optional<std::uint64_t> nanoseconds) {
  static constexpr std::array<std::string_view, 4> kSuffixes{"ns", "us", "ms", "s"};
  if (!nanoseconds) return "-";
  return scaled(static_cast<double>(*nanoseconds), 999.5, 1000, kSuffixes);
}

std::string short_percent(double percent) {
  if (percent < 0.05) return "0";
  return percent < 9.95 ? fmt::format("{:.1f}", percent) : fmt::format("{:.0f}", percent);
}

}  // namespace demo::ctl
