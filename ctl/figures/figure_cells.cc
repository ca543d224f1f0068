#include "figures/figure_cells.h"

#include <fmt/format.h>

#include "values/number_text.h"

namespace demo::ctl {

Cell counter_cell(FigureUnit unit, std::optional<std::uint64_t> value) {
  if (!value) return absent_cell();
  const auto number = static_cast<double>(*value);
  switch (unit) {
    case FigureUnit::kNumber:
      return count_cell(*value);
    case FigureUnit::kBytes:
      return {short_bytes(number), number};
    case FigureUnit::kTime:
      return {short_time(*value), number};
    case FigureUnit::kCpuTime:
      return {fmt::format("{:.1f}", number / 1e9), number / 1e9};
  }
  return absent_cell();
}

Cell rate_cell(FigureUnit unit, std::optional<double> value) {
  if (!value) return absent_cell();
  switch (unit) {
    case FigureUnit::kNumber:
      return {short_number(*value), *value};
    case FigureUnit::kBytes:
      return {short_bytes(*value), *value};
    case FigureUnit::kTime:
      return {short_time(static_cast<std::uint64_t>(*value)), *value};
    case FigureUnit::kCpuTime:
      return {short_percent(*value), *value};
  }
  return absent_cell();
}

// Those of the longest figures.
std::size_t rate_width(FigureUnit unit) {
  switch (unit) {
    case FigureUnit::kNumber:
      return 5;
    case FigureUnit::kBytes:
    case FigureUnit::kTime:
      return 6;
    case FigureUnit::kCpuTime:
      return 4;
  }
  return 0;
}

}  // namespace demo::ctl
