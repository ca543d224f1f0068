#include <fmt/format.h>

#include <utility>

#include "figures/row_columns.h"
#include "format/sparkline.h"
#include "format/text_width.h"
#include "top/top_model.h"
#include "values/enum_text.h"
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
  const std::vector<WorkerColumn> columns = worker_columns(rates_.measured);
  Sheet sheet{.columns = worker_names()};
  append_columns(sheet, columns, FigureView::kTop);
  sheet.columns.push_back({"requests", Align::kLeft, 4, past_columns});
  for (const WorkerRateRow& row : rates_.workers) {
    sheet.rows.push_back({count_cell(row.worker), Cell(core_text(row), row.core)});
    append_rates(sheet.rows.back(), columns, FigureView::kTop, row.rates);
    sheet.rows.back().push_back(past(key_of(row), past_columns));
  }
  return sheet;
}

Sheet TopModel::listener_rows(std::size_t past_columns) const {
  Sheet sheet{.columns = {listener_name()}};
  append_columns(sheet, listener_columns(), FigureView::kTop);
  sheet.columns.push_back({"requests", Align::kLeft, 2, past_columns});
  for (const ListenerRateRow& row : rates_.listeners) {
    sheet.rows.push_back({printable(row.address)});
    append_rates(sheet.rows.back(), listener_columns(), FigureView::kTop, row);
    sheet.rows.back().push_back(past(key_of(row), past_columns));
  }
  return sheet;
}

Sheet TopModel::backend_rows(std::size_t past_columns) const {
  Sheet sheet{.columns = backend_names()};
  sheet.columns.push_back({"state", Align::kLeft, 3});
  sheet.columns.push_back({"health"});
  append_columns(sheet, backend_columns(), FigureView::kTop);
  sheet.columns.push_back({"requests", Align::kLeft, 4, past_columns});
  for (const BackendRateRow& row : rates_.backends) {
    const auto known = backends_.find({row.pool, row.endpoint});
    const std::string state = known == backends_.end() ? "-" : known->second.first;
    // A recording holds the figures alone.
    const std::string unknown = row.ejected > 0 ? "ejected" : "-";
    const std::string health = known == backends_.end() ? unknown : known->second.second;
    sheet.rows.push_back({printable(row.pool), printable(row.endpoint), state, health});
    append_rates(sheet.rows.back(), backend_columns(), FigureView::kTop, row);
    sheet.rows.back().push_back(past(key_of(row), past_columns));
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
