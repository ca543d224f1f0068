#include "text/closest_word.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "text/letter_case.h"

namespace demo::text {
namespace {

// Words longer than this are near to nothing: bounds the work on hostile input.
constexpr std::size_t kLongestWord = 64;

// More that begin alike are no suggestion.
constexpr std::size_t kMostOffered = 5;

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

// The word without the dashes of an option, which say nothing of what was meant.
std::string_view letters_of(std::string_view word) {
  word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
  return word;
}

// Words that go on from this one.
std::set<std::string> begun_so(std::string_view beginning, const std::vector<std::string>& words) {
  std::set<std::string> found;
  if (beginning.size() < 2) return found;
  for (const std::string& word : words) {
    if (word.starts_with(beginning)) found.insert(word);
  }
  return found;
}

}  // namespace

std::string nearest_word(std::string_view mistyped, const std::vector<std::string>& words) {
  std::string best;
  if (mistyped.size() > kLongestWord) return best;
  const std::string_view typed = letters_of(mistyped);
  const std::size_t most = std::max<std::size_t>(1, typed.size() / 3);
  std::tuple<std::size_t, bool, bool> best_rank{most + 1, false, false};
  for (const std::string& word : words) {
    const std::string_view letters = letters_of(word);
    const std::size_t far = distance(typed, letters);
    // Something of it must be left.
    if (far > most || far >= std::max(typed.size(), letters.size())) continue;
    // Of equally near ones that which goes on from it, then that which begins alike: few mistype the first
    // letter.
    const bool goes_on = letters.starts_with(typed);
    const bool begins = !typed.empty() && letters.starts_with(typed.front());
    if (const std::tuple rank(far, !goes_on, !begins); rank < best_rank) {
      best_rank = rank;
      best = word;
    }
  }
  return best;
}

std::string closest_word(std::string_view mistyped, const std::vector<std::string>& words) {
  std::string best = nearest_word(mistyped, words);
  if (!best.empty()) return best;
  const std::set<std::string> begun = begun_so(mistyped, words);
  return begun.size() == 1 ? *begun.begin() : "";
}

std::string did_you_mean(std::string_view word) {
  return word.empty() ? "" : fmt::format(", did you mean \"{}\"?", word);
}

std::string did_you_mean(std::string_view mistyped, const std::vector<std::string>& words) {
  const std::string closest = closest_word(mistyped, words);
  const std::set<std::string> begun = closest.empty() ? begun_so(mistyped, words) : std::set<std::string>();
  if (begun.empty() || begun.size() > kMostOffered) return did_you_mean(closest);
  return fmt::format(", did you mean one of {}?", fmt::join(begun, ", "));
}

std::string not_one_of(std::string_view mistyped, const std::vector<std::string>& words) {
  return fmt::format("\"{}\" is not one of {}{}", mistyped, fmt::join(words, ", "),
                     did_you_mean(small_letters(mistyped), words));
}

}  // namespace demo::text
