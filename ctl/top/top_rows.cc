#include <fmt/format.h>

#include <utility>

#include "figures/rate_cells.h"
#include "figures/time_columns.h"
#include "format/sparkline.h"
#include "format/text_width.h"
#include "top/top_model.h"
#include "values/enum_text.h"
#include "values/number_text.h"
#include "values/time_text.h"

// The rows of each pane of democtl top.
namespace demo::ctl {
namespace {

std::string core_text(const WorkerRateRow& row) {
  if (!row.alive) return "dead";
  return row.draining ? fmt::format("{}-", row.core) : std::to_string(row.core);
}

}  // namespace

std::string TopModel::past(const std::string& key, std::size_t columns) const {
  const auto found = past_.find(key);
  return found == past_.end() ? std::string(columns, ' ') : sparkline(found->second, columns, unicode_);
}

// Rank 0 names a row or says what is the matter with it; figures go, the less telling ones first, where they
// would leave no room for that.
Sheet TopModel::core_rows(std::size_t past_columns) const {
  Sheet sheet;
  sheet.columns = {{"worker", kRight},      {"core", kRight},        {"open", kRight, 1, 5},
                   {"acc/s", kRight, 7, 5}, {"req/s", kRight, 1, 5}, {"in/s", kRight, 8, 6},
                   {"out/s", kRight, 6, 6}};
  // Where both times are measured there is room for one figure of each.
  const bool both = rates_.measured.service && rates_.measured.response;
  const std::vector<Column> times = time_columns(rates_.measured, both ? TimeRanks{2, 9} : TimeRanks{5, 2});
  sheet.columns.insert(sheet.columns.end(), times.begin(), times.end());
  sheet.columns.insert(
      sheet.columns.end(),
      {{"err/s", kRight, 3, 5}, {"cpu%", kRight, 2, 4}, {"requests", Align::kLeft, 4, past_columns}});
  for (const WorkerRateRow& row : rates_.workers) {
    const WorkerRates& rates = row.rates;
    std::vector<Cell> cells{count_cell(row.worker),     Cell(core_text(row), row.core),
                            rate_cell(rates.open),      rate_cell(rates.accepts),
                            rate_cell(rates.requests),  bytes_cell(rates.bytes_in),
                            bytes_cell(rates.bytes_out)};
    const std::vector<Cell> measured = time_cells(rates.service, rates.response);
    cells.insert(cells.end(), measured.begin(), measured.end());
    cells.insert(cells.end(),
                 {rate_cell(rates.errors), percent_cell(rates.cpu_percent), past(key_of(row), past_columns)});
    sheet.rows.push_back(std::move(cells));
  }
  return sheet;
}

Sheet TopModel::listener_rows(std::size_t past_columns) const {
  Sheet sheet;
  sheet.columns = {{.name = "listener", .names = true},
                   {"open", kRight, 1, 5},
                   {"acc/s", kRight, 4, 5},
                   {"req/s", kRight, 1, 5},
                   {"in/s", kRight, 5, 6},
                   {"out/s", kRight, 3, 6},
                   {"requests", Align::kLeft, 2, past_columns}};
  for (const ListenerRateRow& row : rates_.listeners) {
    sheet.rows.push_back({printable(row.address), rate_cell(row.open), rate_cell(row.accepts),
                          rate_cell(row.requests), bytes_cell(row.bytes_in), bytes_cell(row.bytes_out),
                          past(key_of(row), past_columns)});
  }
  return sheet;
}

Sheet TopModel::backend_rows(std::size_t past_columns) const {
  Sheet sheet;
  sheet.columns = {{.name = "pool", .names = true},
                   {.name = "backend", .names = true},
                   {"state", Align::kLeft, 3},
                   {"health"},
                   {"active", kRight, 2},
                   {"queued", kRight, 5},
                   {"req/s", kRight, 1, 5},
                   {"err/s", kRight, 1, 5},
                   {"retry/s", kRight, 6},
                   {"out/s", kRight, 7, 6},
                   {"requests", Align::kLeft, 4, past_columns}};
  for (const BackendRateRow& row : rates_.backends) {
    const auto known = backends_.find({row.pool, row.endpoint});
    const std::string state = known == backends_.end() ? "-" : known->second.first;
    // A recording holds the figures alone.
    const std::string unknown = row.ejected > 0 ? "ejected" : "-";
    const std::string health = known == backends_.end() ? unknown : known->second.second;
    sheet.rows.push_back({printable(row.pool), printable(row.endpoint), state, health, rate_cell(row.active),
                          rate_cell(row.queued), rate_cell(row.requests), rate_cell(row.errors),
                          rate_cell(row.retries), bytes_cell(row.bytes_out),
                          past(key_of(row), past_columns)});
  }
  return sheet;
}

Sheet TopModel::event_rows() const {
  Sheet sheet;
  sheet.columns = {{"time", Align::kLeft, 2},
                   {"kind", Align::kLeft, 1},
                   {"subject"},
                   {"message", Align::kLeft, 0, 0, true}};
  for (const api::Event& event : events_) {
    sheet.rows.push_back({local_time(event.at().seconds()), enum_word(event.kind()),
                          printable(event.subject()), printable(event.message())});
  }
  return sheet;
}

std::vector<std::string> TopModel::column_names() {
  const TopModel model(false);
  std::vector<std::string> names;
  for (const Pane pane : {Pane::kCores, Pane::kListeners, Pane::kBackends, Pane::kEvents}) {
    for (const Column& column : model.all_rows(pane, 0).columns) names.push_back(column.name);
  }
  return names;
}

Sheet TopModel::all_rows(Pane pane, std::size_t past_columns) const {
  switch (pane) {
    case Pane::kCores:
      return core_rows(past_columns);
    case Pane::kListeners:
      return listener_rows(past_columns);
    case Pane::kBackends:
      return backend_rows(past_columns);
    case Pane::kEvents:
      return event_rows();
  }
  return {};
}

}  // namespace demo::ctl
