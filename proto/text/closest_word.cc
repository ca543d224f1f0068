#include "text/closest_word.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace demo::text {
namespace {

// Words longer than this are near to nothing: bounds the work on hostile input.
constexpr std::size_t kLongestWord = 64;

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

std::string nearest_word(std::string_view mistyped, const std::vector<std::string>& words) {
  std::string best;
  if (mistyped.size() > kLongestWord) return best;
  std::size_t best_distance = std::max<std::size_t>(1, mistyped.size() / 3) + 1;
  for (const std::string& word : words) {
    const std::size_t far = distance(mistyped, word);
    if (far < best_distance) {
      best_distance = far;
      best = word;
    }
  }
  return best;
}

std::string closest_word(std::string_view mistyped, const std::vector<std::string>& words) {
  std::string best = nearest_word(mistyped, words);
  if (!best.empty() || mistyped.size() < 2 || mistyped.size() > kLongestWord) return best;
  for (const std::string& word : words) {
    if (!word.starts_with(mistyped)) continue;
    if (!best.empty()) return "";
    best = word;
  }
  return best;
}

std::string did_you_mean(std::string_view word) {
  return word.empty() ? "" : fmt::format(", did you mean \"{}\"?", word);
}

std::string did_you_mean(std::string_view mistyped, const std::vector<std::string>& words) {
  return did_you_mean(closest_word(mistyped, words));
}

}  // namespace demo::text
