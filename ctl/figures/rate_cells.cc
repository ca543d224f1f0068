#include "figures/rate_cells.h"

#include "values/number_text.h"

namespace demo::ctl {

Cell rate_cell(double value) { return {short_number(value), value}; }
Cell bytes_cell(double value) { return {short_bytes(value), value}; }
Cell percent_cell(double value) { return {short_percent(value), value}; }
Cell time_cell(std::optional<std::uint64_t> ns) {
  return ns ? Cell(short_time(ns), static_cast<double>(*ns)) : absent_cell();
}

}  // namespace demo::ctl
