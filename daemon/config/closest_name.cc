#include "config/closest_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace demo {
namespace {

// Names longer than this are never near anything: bounds the work on hostile input.
constexpr std::size_t kLongestName = 64;

// The optimal string alignment distance, over three rows of the table.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::string closest_name(std::string_view mistyped, const std::vector<std::string>& candidates) {
  std::string best;
  if (mistyped.size() > kLongestName) return best;
  std::size_t best_distance = std::max<std::size_t>(1, mistyped.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t far = distance(mistyped, candidate);
    if (far < best_distance) {
      best_distance = far;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view mistyped, const std::vector<std::string>& candidates) {
  const std::string near = closest_name(mistyped, candidates);
  return near.empty() ? "" : fmt::format(", did you mean \"{}\"?", near);
}

}  // namespace demo
