#include "figures/rates.h"

#include <gtest/gtest.h>

namespace demo::ctl {
namespace {

api::StatsSample sample_at(std::uint64_t seconds) {
  api::StatsSample sample;
  sample.set_monotonic_ns(seconds * 1'000'000'000);
  return sample;
}

api::WorkerFigures& worker(api::StatsSample& sample, std::uint32_t index) {
  for (api::WorkerRow& row : *sample.mutable_workers()) {
    if (row.worker() == index) return *row.mutable_figures();
  }
  api::WorkerRow& row = *sample.add_workers();
  row.set_worker(index);
  row.set_alive(true);
  return *row.mutable_figures();
}

TEST(Rates, AreGrowthOverTheLengthOfTheInterval) {
  api::StatsSample before = sample_at(10);
  api::StatsSample now = sample_at(12);
  worker(before, 0).set_requests(1000);
  worker(now, 0).set_requests(3000);
  worker(now, 0).set_connections_open(7);
  worker(now, 0).set_cpu_ns(1'000'000'000);
  const Rates rates = rates_between(before, now);
  ASSERT_EQ(rates.workers.size(), 1U);
  EXPECT_DOUBLE_EQ(rates.seconds, 2);
  EXPECT_DOUBLE_EQ(rates.workers[0].rates.requests, 1000);
  EXPECT_DOUBLE_EQ(rates.workers[0].rates.open, 7);
  EXPECT_DOUBLE_EQ(rates.workers[0].rates.cpu_percent, 50);
}

TEST(Rates, CountErrorsOfEveryKind) {
  api::StatsSample before = sample_at(0);
  api::StatsSample now = sample_at(1);
  worker(before, 0);
  api::WorkerFigures& figures = worker(now, 0);
  figures.set_accept_errors(1);
  figures.set_read_errors(2);
  figures.set_write_errors(4);
  figures.set_protocol_errors(8);
  figures.set_timeouts(16);
  figures.set_responses_5xx(32);
  EXPECT_DOUBLE_EQ(rates_between(before, now).workers[0].rates.errors, 63);
}

TEST(Rates, CountClientsThatLeftApartFromErrors) {
  api::StatsSample before = sample_at(0);
  api::StatsSample now = sample_at(1);
  worker(before, 0);
  api::WorkerFigures& figures = worker(now, 0);
  figures.set_aborts_idle(1);
  figures.set_aborts_head(2);
  figures.set_aborts_body(4);
  figures.set_aborts_waiting(8);
  figures.set_aborts_receiving(16);
  const Rates rates = rates_between(before, now);
  EXPECT_DOUBLE_EQ(rates.workers[0].rates.aborts, 31);
  EXPECT_DOUBLE_EQ(rates.workers[0].rates.errors, 0);
}

TEST(Rates, MatchRowsByKeyAndNotByPlace) {
  api::StatsSample before = sample_at(0);
  api::StatsSample now = sample_at(1);
  worker(before, 0).set_requests(100);
  worker(before, 1).set_requests(500);
  worker(now, 1).set_requests(600);  // worker 0 has left
  const Rates rates = rates_between(before, now);
  ASSERT_EQ(rates.workers.size(), 1U);
  EXPECT_EQ(rates.workers[0].worker, 1U);
  EXPECT_DOUBLE_EQ(rates.workers[0].rates.requests, 100);
}

TEST(Rates, NeverGoBelowZero) {
  api::StatsSample before = sample_at(0);
  api::StatsSample now = sample_at(1);
  worker(before, 0).set_requests(1000);
  worker(now, 0).set_requests(10);
  EXPECT_DOUBLE_EQ(rates_between(before, now).workers[0].rates.requests, 10);
}

TEST(Rates, OfNoTimeAreZeroAndKeepTheGauges) {
  api::StatsSample sample = sample_at(5);
  worker(sample, 0).set_requests(10);
  worker(sample, 0).set_connections_open(3);
  const Rates rates = rates_between(sample, sample);
  EXPECT_DOUBLE_EQ(rates.workers[0].rates.requests, 0);
  EXPECT_DOUBLE_EQ(rates.workers[0].rates.open, 3);
}

TEST(Rates, TellBackendsOfDifferentPoolsApart) {
  api::StatsSample before = sample_at(0);
  api::StatsSample now = sample_at(1);
  for (const char* pool : {"a", "b"}) {
    for (api::StatsSample* sample : {&before, &now}) {
      api::BackendRow& row = *sample->add_backends();
      row.set_pool(pool);
      row.set_endpoint("10.0.0.3:80");
      row.set_address("10.0.0.3:80");
      row.mutable_figures()->set_requests(sample == &before ? 0 : (*pool == 'a' ? 5 : 9));
    }
  }
  const Rates rates = rates_between(before, now);
  ASSERT_EQ(rates.backends.size(), 2U);
  EXPECT_DOUBLE_EQ(rates.backends[0].requests, 5);
  EXPECT_DOUBLE_EQ(rates.backends[1].requests, 9);
}

}  // namespace
}  // namespace demo::ctl
