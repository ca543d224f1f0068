#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/fnv_hash.h"
#include "stats/counter.h"

// Figures are defined once, in lists such as stats/worker_figures.h: a template of numbers is instantiated
// with Counter for the page that a worker writes and with std::uint64_t for what readers work with, and
// list_figures() names each number, its kind and its text. Sampling, sums, the API and metrics walk the list.
namespace demo {

// How a figure of several processes is put together, and what becomes of it when its process is gone.
enum class FigureKind : std::uint8_t {
  kCounter,  // only grows, over the deaths of workers too; summed
  kGauge,    // what is now: summed over the living, zeroed with the dead
  kLatest,   // a gauge of which the newest process has the word
  kLeast,    // a gauge: the least of all but 0, which says that there was none yet
  kMost,     // a gauge: the most of all
};

template <typename Numbers>
struct Figure {
  std::string_view name;
  typename Numbers::Number Numbers::*member;
  FigureKind kind = FigureKind::kCounter;
  std::string_view help;  // a sentence or more
};

// All figures of a template instance: for (const auto& figure : kFiguresOf<BackendFigures>) ...
template <typename Numbers>
inline constexpr auto kFiguresOf = list_figures(static_cast<const Numbers*>(nullptr));

constexpr std::uint64_t number_of(std::uint64_t number) { return number; }
inline std::uint64_t number_of(const Counter& counter) { return counter.get(); }

// `sum` with another process's figure, later than those that are in it.
constexpr std::uint64_t joined(FigureKind kind, std::uint64_t sum, std::uint64_t next) {
  switch (kind) {
    case FigureKind::kCounter:
    case FigureKind::kGauge:
      break;
    case FigureKind::kLatest:
      return next;
    case FigureKind::kLeast:
      return sum == 0 || next == 0 ? sum + next : std::min(sum, next);
    case FigureKind::kMost:
      return std::max(sum, next);
  }
  return sum + next;
}

// Adds figures of the wanted kinds to others of the same list, whatever their numbers are stored in.
template <typename Figures, typename Numbers, typename Wanted>
void add_figures(Figures& to, const Numbers& from, const Wanted& wanted) {
  constexpr auto& kTo = kFiguresOf<Figures>;
  constexpr auto& kFrom = kFiguresOf<Numbers>;
  static_assert(kTo.size() == kFrom.size());
  for (std::size_t i = 0; i < kTo.size(); ++i) {
    auto& sum = to.*kTo[i].member;
    if (wanted(kTo[i].kind)) sum = joined(kTo[i].kind, sum, number_of(from.*kFrom[i].member));
  }
}

constexpr bool any_kind(FigureKind) { return true; }
constexpr bool is_counter(FigureKind kind) { return kind == FigureKind::kCounter; }
constexpr bool is_gauge(FigureKind kind) { return kind != FigureKind::kCounter; }

// Whether any of them is not zero.
template <typename Numbers>
bool counts_anything(const Numbers& numbers) {
  constexpr auto& kFigures = kFiguresOf<Numbers>;
  return std::any_of(kFigures.begin(), kFigures.end(),
                     [&](const auto& figure) { return number_of(numbers.*figure.member) != 0; });
}

// Back to zero what says what is now.
template <typename Numbers>
void zero_gauges_of(Numbers& numbers) {
  for (const auto& figure : kFiguresOf<Numbers>) {
    if (is_gauge(figure.kind)) (numbers.*figure.member).set(0);
  }
}

// Of names and kinds, in their order: pages whose lists differ are told apart by it.
template <typename Numbers>
constexpr std::uint64_t figures_hash(std::uint64_t before) {
  for (const auto& figure : kFiguresOf<Numbers>) {
    before = fnv_hash(static_cast<std::uint64_t>(figure.kind), fnv_hash(figure.name, before));
  }
  return before;
}

}  // namespace demo
