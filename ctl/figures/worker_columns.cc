#include <functional>
#include <optional>
#include <string>

#include "figures/row_columns.h"

namespace demo::ctl {
namespace {

constexpr unsigned kUnmeasuredRank = 20;  // beyond all that are told

struct TimeRanks {
  FigureRanks p50;
  FigureRanks p99;
};

// Where both times are measured a narrow table has the medians.
TimeRanks ranks_of(bool shown, const MeasuredTimes& measured) {
  constexpr FigureRanks kLast{kUnmeasuredRank, kUnmeasuredRank, kUnmeasuredRank};
  if (!shown) return {kLast, kLast};
  if (measured.service && measured.response) return {{0, 0, 2}, {3, 3, 9}};
  return {{0, 0, 5}, {1, 1, 2}};
}

// A figure of what was counted, or a sum of figures.
template <typename Getter>
auto of(Getter getter) {
  return [getter](const WorkerCounts& counts) { return std::invoke(getter, counts.figures); };
}

}  // namespace

std::vector<Column> worker_names() { return {{"worker", kRight}, {"core", kRight}}; }

std::vector<Cell> worker_name_cells(std::uint32_t worker, std::uint32_t core, bool alive, bool draining) {
  if (!alive) return {count_cell(worker), absent_cell("dead")};
  return {count_cell(worker), draining ? Cell(std::to_string(core) + " leaving", core) : count_cell(core)};
}

std::vector<Cell> total_name_cells() { return {absent_cell("total"), absent_cell("")}; }

// With worker and core 80 columns for who serves.
std::vector<WorkerColumn> worker_columns(const MeasuredTimes& measured) {
  using F = api::WorkerFigures;
  using R = WorkerRates;
  using Unit = FigureUnit;
  // Before the first request as if it served.
  const TimeRanks service = ranks_of(measured.service || !measured.response, measured);
  const TimeRanks response = ranks_of(measured.response, measured);
  const auto errors = [](const F& figures) { return error_count(figures); };
  const auto service_p50 = [](const WorkerCounts& c) { return percentiles_of(c.service_time).p50_ns; };
  const auto service_p99 = [](const WorkerCounts& c) { return percentiles_of(c.service_time).p99_ns; };
  const auto response_p50 = [](const WorkerCounts& c) { return percentiles_of(c.response_time).p50_ns; };
  const auto response_p99 = [](const WorkerCounts& c) { return percentiles_of(c.response_time).p99_ns; };
  return {
      {"open", "open", {0, 0, 1}, Unit::kNumber, of(&F::connections_open), &R::open},
      {"accepted", "acc/s", {2, 2, 7}, Unit::kNumber, of(&F::connections_accepted), &R::accepts},
      {"requests", "req/s", {0, 0, 1}, Unit::kNumber, of(&F::requests), &R::requests},
      {"in", "in/s", {0, 0, 8}, Unit::kBytes, of(&F::bytes_in), &R::bytes_in},
      {"out", "out/s", {0, 0, 6}, Unit::kBytes, of(&F::bytes_out), &R::bytes_out},
      {"svc-p50", "svc-p50", service.p50, Unit::kTime, service_p50,
       [](const R& r) { return r.service.p50_ns; }},
      {"svc-p99", "svc-p99", service.p99, Unit::kTime, service_p99,
       [](const R& r) { return r.service.p99_ns; }},
      {"resp-p50", "resp-p50", response.p50, Unit::kTime, response_p50,
       [](const R& r) { return r.response.p50_ns; }},
      {"resp-p99", "resp-p99", response.p99, Unit::kTime, response_p99,
       [](const R& r) { return r.response.p99_ns; }},
      {"errors", "err/s", {0, 0, 3}, Unit::kNumber, of(errors), &R::errors},
      {"aborts", "abort/s", {4, 4, kLeftOut}, Unit::kNumber, of(abort_count), &R::aborts},
      {"cpu-s", "cpu%", {0, 0, 2}, Unit::kCpuTime, of(&F::cpu_ns), &R::cpu_percent},
  };
}

}  // namespace demo::ctl
