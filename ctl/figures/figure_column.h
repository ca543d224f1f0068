#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "figures/figure_cells.h"
#include "format/sheet.h"

// Columns of figures: said once, for every view that shows rows of their kind.
namespace demo::ctl {

enum class FigureView : std::uint8_t {
  kCounters,  // since the daemon started
  kRates,     // of an interval, a second
  kTop,       // those that democtl top has room for
};
inline constexpr std::size_t kFigureViews = 3;
// By FigureView, as Column::rank; unset: the view leaves the column out.
using FigureRanks = std::array<std::optional<unsigned>, kFigureViews>;
constexpr std::nullopt_t kLeftOut = std::nullopt;

// Counted: what a row holds since the start; Rated: of an interval.
template <typename Counted, typename Rated>
struct FigureColumn {
  const char* counter;  // its name among counters
  const char* rate;     // among rates and in top
  FigureRanks ranks;
  FigureUnit unit;
  std::function<std::optional<std::uint64_t>(const Counted&)> count;
  std::function<std::optional<double>(const Rated&)> measure;

  const std::optional<unsigned>& rank_in(FigureView view) const {
    return ranks[static_cast<std::size_t>(view)];
  }
};

// Headings of those that the view has.
template <typename Counted, typename Rated>
void append_columns(Sheet& sheet, const std::vector<FigureColumn<Counted, Rated>>& columns, FigureView view) {
  for (const auto& column : columns) {
    const auto& rank = column.rank_in(view);
    if (!rank) continue;
    if (view == FigureView::kCounters) {
      sheet.columns.push_back({column.counter, kRight, *rank, 0});
    } else {
      sheet.columns.push_back({column.rate, kRight, *rank, rate_width(column.unit)});
    }
  }
}

// The cells of a row below them.
template <typename Counted, typename Rated>
void append_counts(std::vector<Cell>& row, const std::vector<FigureColumn<Counted, Rated>>& columns,
                   const Counted& counted) {
  for (const auto& column : columns) {
    if (column.rank_in(FigureView::kCounters))
      row.push_back(counter_cell(column.unit, column.count(counted)));
  }
}

template <typename Counted, typename Rated>
void append_rates(std::vector<Cell>& row, const std::vector<FigureColumn<Counted, Rated>>& columns,
                  FigureView view, const Rated& rated) {
  for (const auto& column : columns) {
    if (column.rank_in(view)) row.push_back(rate_cell(column.unit, column.measure(rated)));
  }
}

}  // namespace demo::ctl
