#include "figures/stats_sheets.h"

#include <utility>

namespace demo::ctl {
namespace {

Sheet with_time(Sheet sheet, const std::string& time) {
  sheet.columns.insert(sheet.columns.begin(), {"time"});
  for (auto& row : sheet.rows) row.insert(row.begin(), Cell(time));
  return sheet;
}

Sheet without_total(Sheet sheet) {
  if (std::exchange(sheet.total, false)) sheet.rows.pop_back();
  return sheet;
}

Sheet total_sheet(const api::StatsSample& sample) {
  Sheet sheet = interval_sheet(sample, "");
  sheet.columns.erase(sheet.columns.begin());
  for (auto& row : sheet.rows) row.erase(row.begin());
  return sheet;
}

// figures: rates or counters.
template <typename Figures>
std::vector<NamedSheet> sheets_of(const Figures& figures, const std::string& time) {
  return {{"total", interval_sheet(figures, time)},
          {"worker", with_time(without_total(worker_sheet(figures)), time)},
          {"listener", with_time(listener_sheet(figures), time)},
          {"backend", with_time(backend_sheet(figures), time)}};
}

}  // namespace

std::vector<NamedSheet> stats_sheets(const api::StatsSample& sample) {
  return {{"total", total_sheet(sample)},
          {"worker", without_total(worker_sheet(sample))},
          {"listener", listener_sheet(sample)},
          {"backend", backend_sheet(sample)}};
}

std::vector<NamedSheet> interval_sheets(const Rates& rates, const std::string& time) {
  return sheets_of(rates, time);
}

std::vector<NamedSheet> interval_sheets(const api::StatsSample& sample, const std::string& time) {
  return sheets_of(sample, time);
}

}  // namespace demo::ctl
