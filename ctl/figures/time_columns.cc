#include "figures/time_columns.h"

#include "figures/percentile.h"
#include "figures/rate_cells.h"

namespace demo::ctl {
namespace {

constexpr unsigned kUnmeasuredRank = 20;  // beyond all that are told

}  // namespace

Percentiles percentiles_of(const api::Histogram& histogram) {
  return {percentile(histogram, 0.50), percentile(histogram, 0.99)};
}

MeasuredTimes measured_times(const api::StatsSample& sample) {
  return {sample.total_service_time().buckets_size() > 0, sample.total_response_time().buckets_size() > 0};
}

std::vector<Column> time_columns(const MeasuredTimes& measured, const TimeRanks& ranks) {
  // Before the first request as if it served.
  const TimeRanks none{kUnmeasuredRank, kUnmeasuredRank};
  const TimeRanks& service = measured.service || !measured.response ? ranks : none;
  const TimeRanks& response = measured.response ? ranks : none;
  return {{"svc-p50", Align::kRight, service.p50, 6},
          {"svc-p99", Align::kRight, service.p99, 6},
          {"resp-p50", Align::kRight, response.p50, 6},
          {"resp-p99", Align::kRight, response.p99, 6}};
}

std::vector<Cell> time_cells(const Percentiles& service, const Percentiles& response) {
  return {time_cell(service.p50_ns), time_cell(service.p99_ns), time_cell(response.p50_ns),
          time_cell(response.p99_ns)};
}

}  // namespace demo::ctl
