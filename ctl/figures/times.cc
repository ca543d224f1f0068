#include "figures/times.h"

#include "figures/percentile.h"

namespace demo::ctl {

Percentiles percentiles_of(const api::Histogram& histogram) {
  return {percentile(histogram, 0.50), percentile(histogram, 0.99)};
}

MeasuredTimes measured_times(const api::StatsSample& sample) {
  return {sample.total_service_time().buckets_size() > 0, sample.total_response_time().buckets_size() > 0};
}

}  // namespace demo::ctl
