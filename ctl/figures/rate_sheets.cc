#include <utility>

#include "figures/rate_cells.h"
#include "figures/stats_sheets.h"
#include "format/csv.h"
#include "format/text_width.h"
#include "values/number_text.h"

namespace demo::ctl {
namespace {

// The widths are those of the longest figures: with worker and core 80 columns for who serves.
std::vector<Column> rate_columns(const MeasuredTimes& measured) {
  std::vector<Column> columns{{"open", kRight, 0, 5},
                              {"acc/s", kRight, 2, 5},
                              {"req/s", kRight, 0, 5},
                              {"in/s", kRight, 0, 6},
                              {"out/s", kRight, 0, 6}};
  // Where both times are measured a narrow table has the medians.
  const bool both = measured.service && measured.response;
  const std::vector<Column> times = time_columns(measured, {0, both ? 3U : 1U});
  columns.insert(columns.end(), times.begin(), times.end());
  columns.insert(columns.end(), {{"err/s", kRight, 0, 5}, {"abort/s", kRight, 4, 5}, {"cpu%", kRight, 0, 4}});
  return columns;
}

void add_cells(std::vector<Cell>& row, const WorkerRates& rates) {
  row.insert(row.end(), {rate_cell(rates.open), rate_cell(rates.accepts), rate_cell(rates.requests),
                         bytes_cell(rates.bytes_in), bytes_cell(rates.bytes_out)});
  const std::vector<Cell> times = time_cells(rates.service, rates.response);
  row.insert(row.end(), times.begin(), times.end());
  row.insert(row.end(), {rate_cell(rates.errors), rate_cell(rates.aborts), percent_cell(rates.cpu_percent)});
}

std::vector<Column> with_front(std::vector<Column> front, std::vector<Column> rest) {
  front.insert(front.end(), rest.begin(), rest.end());
  return front;
}

// A dead or leaving worker says so in place of its core.
Cell core_cell(const WorkerRateRow& row) {
  if (!row.alive) return absent_cell("dead");
  return row.draining ? Cell(std::to_string(row.core) + " leaving", row.core) : count_cell(row.core);
}

}  // namespace

Sheet worker_sheet(const Rates& rates) {
  Sheet sheet;
  sheet.columns = with_front({{"worker", kRight}, {"core", kRight}}, rate_columns(rates.measured));
  for (const WorkerRateRow& row : rates.workers) {
    std::vector<Cell> cells{count_cell(row.worker), core_cell(row)};
    add_cells(cells, row.rates);
    sheet.rows.push_back(std::move(cells));
  }
  std::vector<Cell> total{absent_cell("total"), absent_cell("")};
  add_cells(total, rates.total);
  sheet.rows.push_back(std::move(total));
  sheet.total = true;
  return sheet;
}

Sheet listener_sheet(const Rates& rates) {
  Sheet sheet;
  sheet.columns = {{.name = "listener", .names = true},
                   {"open", kRight, 0, 5},
                   {"acc/s", kRight, 0, 5},
                   {"req/s", kRight, 0, 5},
                   {"in/s", kRight, 0, 6},
                   {"out/s", kRight, 0, 6}};
  for (const ListenerRateRow& row : rates.listeners) {
    sheet.rows.push_back({printable(row.address), rate_cell(row.open), rate_cell(row.accepts),
                          rate_cell(row.requests), bytes_cell(row.bytes_in), bytes_cell(row.bytes_out)});
  }
  return sheet;
}

Sheet backend_sheet(const Rates& rates) {
  Sheet sheet;
  sheet.columns = {{.name = "pool", .names = true},
                   {.name = "backend", .names = true},
                   {"address", Align::kLeft, 2},
                   {"open", kRight, 0, 5},
                   {"active", kRight},
                   {"queued", kRight, 1},
                   {"req/s", kRight, 0, 5},
                   {"in/s", kRight, 0, 6},
                   {"out/s", kRight, 0, 6},
                   {"err/s", kRight, 0, 5},
                   {"retry/s", kRight, 1},
                   {"ejected", kRight, 1}};
  for (const BackendRateRow& row : rates.backends) {
    sheet.rows.push_back({printable(row.pool), printable(row.endpoint), printable(row.address),
                          rate_cell(row.open), rate_cell(row.active), rate_cell(row.queued),
                          rate_cell(row.requests), bytes_cell(row.bytes_in), bytes_cell(row.bytes_out),
                          rate_cell(row.errors), rate_cell(row.retries), rate_cell(row.ejected)});
  }
  return sheet;
}

Sheet total_sheet(const Rates& rates) {
  Sheet sheet;
  sheet.columns = rate_columns(rates.measured);
  std::vector<Cell> cells;
  add_cells(cells, rates.total);
  sheet.rows.push_back(std::move(cells));
  return sheet;
}

}  // namespace demo::ctl
