#pragma once

#include <string>
#include <vector>

#include "demo/control/v1/stats.pb.h"
#include "figures/figure_column.h"
#include "figures/rates.h"
#include "format/sheet.h"
#include "invocation/api.h"

// The columns of each kind of row: what names it, and its figures.
namespace demo::ctl {

// What a worker, or all of them, counted. Borrows from a sample.
struct WorkerCounts {
  const api::WorkerFigures& figures;
  const api::Histogram& service_time;
  const api::Histogram& response_time;
};
using WorkerColumn = FigureColumn<WorkerCounts, WorkerRates>;
using ListenerColumn = FigureColumn<api::ListenerFigures, ListenerRateRow>;
using BackendColumn = FigureColumn<api::BackendFigures, BackendRateRow>;

// worker and core.
std::vector<Column> worker_names();
// A worker that is dead or on its way out says so in place of its core.
std::vector<Cell> worker_name_cells(std::uint32_t worker, std::uint32_t core, bool alive, bool draining);
std::vector<Cell> total_name_cells();
// Ranks of the two times are those for what is measured.
std::vector<WorkerColumn> worker_columns(const MeasuredTimes& measured);

Column listener_name();
const std::vector<ListenerColumn>& listener_columns();

// pool and backend.
std::vector<Column> backend_names();
const std::vector<BackendColumn>& backend_columns();

}  // namespace demo::ctl
