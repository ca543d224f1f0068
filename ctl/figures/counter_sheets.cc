#include <fmt/format.h>

#include <utility>

#include "figures/stats_sheets.h"
#include "figures/time_columns.h"
#include "format/text_width.h"
#include "values/number_text.h"

namespace demo::ctl {
namespace {

Cell sum_of_bytes(std::uint64_t value) {
  const auto bytes = static_cast<double>(value);
  return {short_bytes(bytes), bytes};
}
Cell seconds_cell(std::uint64_t nanoseconds) {
  const double seconds = static_cast<double>(nanoseconds) / 1e9;
  return {fmt::format("{:.1f}", seconds), seconds};
}

std::vector<Column> counter_columns(std::vector<Column> front, const api::StatsSample& sample) {
  front.insert(
      front.end(),
      {{"open", kRight}, {"accepted", kRight, 2}, {"requests", kRight}, {"in", kRight}, {"out", kRight}});
  const MeasuredTimes measured = measured_times(sample);
  // Where both times are measured a narrow table has the medians.
  const bool both = measured.service && measured.response;
  const std::vector<Column> times = time_columns(measured, {0, both ? 3U : 1U});
  front.insert(front.end(), times.begin(), times.end());
  front.insert(front.end(), {{"errors", kRight}, {"aborts", kRight, 4}, {"cpu-s", kRight}});
  return front;
}

void add_cells(std::vector<Cell>& row, const api::WorkerFigures& figures, const api::Histogram& service_time,
               const api::Histogram& response_time) {
  row.insert(row.end(), {count_cell(figures.connections_open()), count_cell(figures.connections_accepted()),
                         count_cell(figures.requests()), sum_of_bytes(figures.bytes_in()),
                         sum_of_bytes(figures.bytes_out())});
  const std::vector<Cell> times = time_cells(percentiles_of(service_time), percentiles_of(response_time));
  row.insert(row.end(), times.begin(), times.end());
  row.insert(row.end(), {count_cell(error_count(figures)), count_cell(abort_count(figures)),
                         seconds_cell(figures.cpu_ns())});
}

}  // namespace

Sheet worker_sheet(const api::StatsSample& sample) {
  Sheet sheet;
  sheet.columns = counter_columns({{"worker", kRight}, {"core", kRight}}, sample);
  for (const api::WorkerRow& row : sample.workers()) {
    std::vector<Cell> cells{count_cell(row.worker()),
                            row.alive() ? count_cell(row.core()) : absent_cell("dead")};
    add_cells(cells, row.figures(), row.service_time(), row.response_time());
    sheet.rows.push_back(std::move(cells));
  }
  std::vector<Cell> total{absent_cell("total"), absent_cell("")};
  add_cells(total, sample.total(), sample.total_service_time(), sample.total_response_time());
  sheet.rows.push_back(std::move(total));
  sheet.total = true;
  return sheet;
}

Sheet listener_sheet(const api::StatsSample& sample) {
  Sheet sheet;
  sheet.columns = {{.name = "listener", .names = true},
                   {"open", kRight},
                   {"accepted", kRight},
                   {"requests", kRight},
                   {"in", kRight},
                   {"out", kRight}};
  for (const api::ListenerRow& row : sample.listeners()) {
    const api::ListenerFigures& figures = row.figures();
    sheet.rows.push_back({printable(row.address()), count_cell(figures.connections_open()),
                          count_cell(figures.connections_accepted()), count_cell(figures.requests()),
                          sum_of_bytes(figures.bytes_in()), sum_of_bytes(figures.bytes_out())});
  }
  return sheet;
}

Sheet backend_sheet(const api::StatsSample& sample) {
  Sheet sheet;
  sheet.columns = {{.name = "pool", .names = true},
                   {.name = "backend", .names = true},
                   {"address", Align::kLeft, 2},
                   {"open", kRight},
                   {"active", kRight},
                   {"queued", kRight, 1},
                   {"requests", kRight},
                   {"in", kRight},
                   {"out", kRight},
                   {"errors", kRight},
                   {"retries", kRight, 1},
                   {"ejected", kRight, 1}};
  for (const api::BackendRow& row : sample.backends()) {
    const api::BackendFigures& figures = row.figures();
    sheet.rows.push_back({printable(row.pool()), printable(row.endpoint()), printable(row.address()),
                          count_cell(figures.connections_open()), count_cell(figures.requests_active()),
                          count_cell(figures.queued()), count_cell(figures.requests()),
                          sum_of_bytes(figures.bytes_in()), sum_of_bytes(figures.bytes_out()),
                          count_cell(error_count(figures)), count_cell(figures.retries()),
                          count_cell(figures.ejected())});
  }
  return sheet;
}

Sheet total_sheet(const api::StatsSample& sample) {
  Sheet sheet;
  sheet.columns = counter_columns({}, sample);
  std::vector<Cell> cells;
  add_cells(cells, sample.total(), sample.total_service_time(), sample.total_response_time());
  sheet.rows.push_back(std::move(cells));
  return sheet;
}

}  // namespace demo::ctl
