#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "figures/stats_sheets.h"
#include "format/csv.h"
#include "format/table.h"

namespace demo::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

void record(api::Histogram& histogram, std::uint64_t ns) {
  auto& bucket = *histogram.add_buckets();
  bucket.set_index(static_cast<std::uint32_t>(ns % 100));
  bucket.set_upper_bound_ns(ns);
  bucket.set_count(1);
}

// Counters of one worker, which has answered itself, forwarded, or both.
api::StatsSample sample_of(bool serves, bool forwards) {
  api::StatsSample sample;
  api::WorkerRow& row = *sample.add_workers();
  row.set_alive(true);
  if (serves) {
    record(*row.mutable_service_time(), 5'000);
    record(*sample.mutable_total_service_time(), 5'000);
  }
  if (forwards) {
    record(*row.mutable_response_time(), 70'000'000);
    record(*sample.mutable_total_response_time(), 70'000'000);
  }
  return sample;
}

std::string heading(const Sheet& sheet, std::size_t width) {
  return table_lines(sheet, {.width = width}).at(0);
}

Rates rates_of(bool serves, bool forwards) {
  api::StatsSample before;
  api::StatsSample now = sample_of(serves, forwards);
  now.set_monotonic_ns(1'000'000'000);
  return rates_between(before, now);
}

TEST(TimeColumns, TellWhatTheWorkerTakesFromWhatAResponseTakes) {
  const std::string csv = render_csv(worker_sheet(sample_of(true, true)));
  EXPECT_THAT(csv, HasSubstr(",svc-p50,svc-p99,resp-p50,resp-p99,"));
  EXPECT_THAT(csv, HasSubstr(",5000,5000,70000000,70000000,"));
}

TEST(TimeColumns, AreAllInCsvWhateverWasMeasured) {
  for (const bool serves : {false, true}) {
    for (const bool forwards : {false, true}) {
      EXPECT_THAT(render_csv(worker_sheet(rates_of(serves, forwards))),
                  HasSubstr(",svc-p50,svc-p99,resp-p50,resp-p99,"));
    }
  }
}

TEST(TimeColumns, OfANarrowTableAreThoseThatAreMeasured) {
  const std::string serves = heading(worker_sheet(rates_of(true, false)), 80);
  EXPECT_THAT(serves, AllOf(HasSubstr("SVC-P50  SVC-P99"), Not(HasSubstr("RESP"))));
  const std::string forwards = heading(worker_sheet(rates_of(false, true)), 80);
  EXPECT_THAT(forwards, AllOf(HasSubstr("RESP-P50  RESP-P99"), Not(HasSubstr("SVC"))));
  const std::string both = heading(worker_sheet(rates_of(true, true)), 80);
  EXPECT_THAT(both, AllOf(HasSubstr("SVC-P50  RESP-P50"), Not(HasSubstr("P99"))));
  for (const std::string& line : {serves, forwards, both}) EXPECT_LE(line.size(), 80U);
}

TEST(TimeColumns, OfAWideTableAreAll) {
  EXPECT_THAT(heading(worker_sheet(rates_of(true, true)), 200),
              HasSubstr("SVC-P50  SVC-P99  RESP-P50  RESP-P99"));
}

TEST(TimeColumns, AreThoseOfAServerBeforeTheFirstRequest) {
  EXPECT_THAT(heading(worker_sheet(rates_of(false, false)), 80), HasSubstr("SVC-P50  SVC-P99"));
}

}  // namespace
}  // namespace demo::ctl
