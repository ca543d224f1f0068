#include "format/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace demo::ctl {
namespace {

constexpr std::array<std::string_view, 8> kBlocks{"\u2581", "\u2582", "\u2583", "\u2584",
                                                  "\u2585", "\u2586", "\u2587", "\u2588"};
constexpr std::array<std::string_view, 8> kCharacters{".", ":", "-", "=", "+", "*", "%", "#"};

}  // namespace

std::string sparkline(const std::deque<double>& values, std::size_t width, bool unicode) {
  const auto& bars = unicode ? kBlocks : kCharacters;
  const std::size_t shown = std::min(width, values.size());
  const auto first = values.end() - static_cast<std::ptrdiff_t>(shown);
  const double largest = shown == 0 ? 0 : *std::max_element(first, values.end());
  std::string text(width - shown, ' ');
  for (auto value = first; value != values.end(); ++value) {
    if (*value <= 0 || largest <= 0) {
      text += ' ';
      continue;
    }
    const double height = std::ceil(*value / largest * static_cast<double>(bars.size()));
    text += bars[static_cast<std::size_t>(std::clamp(height, 1.0, static_cast<double>(bars.size()))) - 1];
  }
  return text;
}

}  // namespace demo::ctl
