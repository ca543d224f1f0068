#include "text/closest_word.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace demo::text {
namespace {

// Words longer than this are near to nothing: bounds the work on hostile input.
constexpr std::size_t kLongestWord = 64;

// Damerau-Levenshtein distance without overlapping swaps.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string closest_word(std::string_view mistyped, const std::vector<std::string>& words) {
  std::string best;
  if (mistyped.size() > kLongestWord) return best;
  std::size_t best_distance = std::max<std::size_t>(1, mistyped.size() / 3) + 1;
  for (const std::string& word : words) {
    const std::size_t d = distance(mistyped, word);
    if (d < best_distance) {
      best = word;
      best_distance = d;
    }
  }
  if (!best.empty() || mistyped.size() < 2) return best;
  for (const std::string& word : words) {
    if (!word.starts_with(mistyped)) continue;
    if (!best.empty()) return "";
    best = word;
  }
  return best;
}

std::string did_you_mean(std::string_view mistyped, const std::vector<std::string>& words) {
  const std::string word = closest_word(mistyped, words);
  return word.empty() ? "" : fmt::format(", did you mean \"{}\"?", word);
}

}  // namespace demo::text
