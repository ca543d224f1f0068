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

// figures: rates or counters.
template <typename Figures>
std::vector<NamedSheet> sheets_of(const Figures& figures) {
  return {{"total", total_sheet(figures)},
          {"worker", without_total(worker_sheet(figures))},
          {"listener", listener_sheet(figures)},
          {"backend", backend_sheet(figures)}};
}

std::vector<NamedSheet> with_time(std::vector<NamedSheet> sheets, const std::string& time) {
  for (NamedSheet& named : sheets) named.sheet = with_time(std::move(named.sheet), time);
  return sheets;
}

}  // namespace

Sheet interval_sheet(const Rates& rates, const std::string& time) {
  return with_time(total_sheet(rates), time);
}
Sheet interval_sheet(const api::StatsSample& sample, const std::string& time) {
  return with_time(total_sheet(sample), time);
}

std::vector<NamedSheet> stats_sheets(const api::StatsSample& sample) { return sheets_of(sample); }

std::vector<NamedSheet> interval_sheets(const Rates& rates, const std::string& time) {
  return with_time(sheets_of(rates), time);
}

std::vector<NamedSheet> interval_sheets(const api::StatsSample& sample, const std::string& time) {
  return with_time(sheets_of(sample), time);
}

}  // namespace demo::ctl
