#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "demo/control/v1/stats.pb.h"
#include "format/sheet.h"
#include "session/api.h"

// The two times that workers measure, apart in every view. Service time (svc): modes server and raw, from the
// wake-up that brought a request to its answer; what this daemon takes. Response time (resp): mode proxy,
// from the wake-up that brought a request to the end of its response; the backend's time is in it.
namespace demo::ctl {

// Of requests that were timed; unset when none was.
struct Percentiles {
  std::optional<std::uint64_t> p50_ns;
  std::optional<std::uint64_t> p99_ns;
};
Percentiles percentiles_of(const api::Histogram& histogram);

// Which of them the daemon has measured since it started.
struct MeasuredTimes {
  bool service = false;
  bool response = false;
};
MeasuredTimes measured_times(const api::StatsSample& sample);

// The ranks of a table's columns for what is measured.
struct TimeRanks {
  unsigned p50 = 0;
  unsigned p99 = 0;
};

// svc-p50, svc-p99, resp-p50, resp-p99. What is not measured is in the widest tables and csv alone.
std::vector<Column> time_columns(const MeasuredTimes& measured, const TimeRanks& ranks);
std::vector<Cell> time_cells(const Percentiles& service, const Percentiles& response);

}  // namespace demo::ctl
