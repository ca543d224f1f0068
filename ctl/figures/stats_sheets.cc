#include "figures/stats_sheets.h"

#include <utility>

#include "figures/row_columns.h"
#include "format/text_width.h"

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

template <typename Figures>
std::vector<NamedSheet> tables_of(const Figures& figures) {
  return {{"worker", worker_sheet(figures)},
          {"listener", listener_sheet(figures)},
          {"backend", backend_sheet(figures)}};
}

std::vector<NamedSheet> with_time(std::vector<NamedSheet> sheets, const std::string& time) {
  for (NamedSheet& named : sheets) named.sheet = with_time(std::move(named.sheet), time);
  return sheets;
}

WorkerCounts total_of(const api::StatsSample& sample) {
  return {sample.total(), sample.total_service_time(), sample.total_response_time()};
}

Sheet empty_worker_sheet(const std::vector<WorkerColumn>& columns, FigureView view) {
  Sheet sheet{.columns = worker_names(), .total = true};
  append_columns(sheet, columns, view);
  return sheet;
}

Sheet empty_listener_sheet(FigureView view) {
  Sheet sheet{.columns = {listener_name()}};
  append_columns(sheet, listener_columns(), view);
  return sheet;
}

Sheet empty_backend_sheet(FigureView view) {
  Sheet sheet{.columns = backend_names()};
  sheet.columns.push_back({"address", Align::kLeft, 2});
  append_columns(sheet, backend_columns(), view);
  return sheet;
}

// Of a rate's row or a counter's.
std::vector<Cell> backend_name_cells(const std::string& pool, const std::string& endpoint,
                                     const std::string& address) {
  return {printable(pool), printable(endpoint), printable(address)};
}

}  // namespace

Sheet worker_sheet(const Rates& rates) {
  const std::vector<WorkerColumn> columns = worker_columns(rates.measured);
  Sheet sheet = empty_worker_sheet(columns, FigureView::kRates);
  for (const WorkerRateRow& row : rates.workers) {
    sheet.rows.push_back(worker_name_cells(row.worker, row.core, row.alive, row.draining));
    append_rates(sheet.rows.back(), columns, FigureView::kRates, row.rates);
  }
  sheet.rows.push_back(total_name_cells());
  append_rates(sheet.rows.back(), columns, FigureView::kRates, rates.total);
  return sheet;
}

Sheet worker_sheet(const api::StatsSample& sample) {
  const std::vector<WorkerColumn> columns = worker_columns(measured_times(sample));
  Sheet sheet = empty_worker_sheet(columns, FigureView::kCounters);
  for (const api::WorkerRow& row : sample.workers()) {
    sheet.rows.push_back(
        worker_name_cells(row.worker(), row.core(), row.alive(), row.figures().draining() != 0));
    append_counts(sheet.rows.back(), columns, {row.figures(), row.service_time(), row.response_time()});
  }
  sheet.rows.push_back(total_name_cells());
  append_counts(sheet.rows.back(), columns, total_of(sample));
  return sheet;
}

Sheet listener_sheet(const Rates& rates) {
  Sheet sheet = empty_listener_sheet(FigureView::kRates);
  for (const ListenerRateRow& row : rates.listeners) {
    sheet.rows.push_back({printable(row.address)});
    append_rates(sheet.rows.back(), listener_columns(), FigureView::kRates, row);
  }
  return sheet;
}

Sheet listener_sheet(const api::StatsSample& sample) {
  Sheet sheet = empty_listener_sheet(FigureView::kCounters);
  for (const api::ListenerRow& row : sample.listeners()) {
    sheet.rows.push_back({printable(row.address())});
    append_counts(sheet.rows.back(), listener_columns(), row.figures());
  }
  return sheet;
}

Sheet backend_sheet(const Rates& rates) {
  Sheet sheet = empty_backend_sheet(FigureView::kRates);
  for (const BackendRateRow& row : rates.backends) {
    sheet.rows.push_back(backend_name_cells(row.pool, row.endpoint, row.address));
    append_rates(sheet.rows.back(), backend_columns(), FigureView::kRates, row);
  }
  return sheet;
}

Sheet backend_sheet(const api::StatsSample& sample) {
  Sheet sheet = empty_backend_sheet(FigureView::kCounters);
  for (const api::BackendRow& row : sample.backends()) {
    sheet.rows.push_back(backend_name_cells(row.pool(), row.endpoint(), row.address()));
    append_counts(sheet.rows.back(), backend_columns(), row.figures());
  }
  return sheet;
}

Sheet total_sheet(const Rates& rates) {
  const std::vector<WorkerColumn> columns = worker_columns(rates.measured);
  Sheet sheet{.rows = {{}}};
  append_columns(sheet, columns, FigureView::kRates);
  append_rates(sheet.rows.back(), columns, FigureView::kRates, rates.total);
  return sheet;
}

Sheet total_sheet(const api::StatsSample& sample) {
  const std::vector<WorkerColumn> columns = worker_columns(measured_times(sample));
  Sheet sheet{.rows = {{}}};
  append_columns(sheet, columns, FigureView::kCounters);
  append_counts(sheet.rows.back(), columns, total_of(sample));
  return sheet;
}

std::vector<NamedSheet> table_sheets(const Rates& rates) { return tables_of(rates); }
std::vector<NamedSheet> table_sheets(const api::StatsSample& sample) { return tables_of(sample); }

std::vector<NamedSheet> stats_sheets(const api::StatsSample& sample) { return sheets_of(sample); }

std::vector<NamedSheet> interval_sheets(const Rates& rates, const std::string& time) {
  return with_time(sheets_of(rates), time);
}

std::vector<NamedSheet> interval_sheets(const api::StatsSample& sample, const std::string& time) {
  return with_time(sheets_of(sample), time);
}

}  // namespace demo::ctl
