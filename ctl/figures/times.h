#pragma once

#include <cstdint>
#include <optional>

#include "demo/control/v1/stats.pb.h"
#include "invocation/api.h"

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

}  // namespace demo::ctl
