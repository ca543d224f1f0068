#include "supervisor/reports/verbose_report.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

StatsSample sample_of(std::uint64_t now_ns, std::vector<WorkerFigures> figures) {
  StatsSample sample;
  sample.monotonic_ns = now_ns;
  for (unsigned i = 0; i < figures.size(); ++i) sample.workers.push_back({i, i, true, figures[i]});
  return sample;
}

TEST(VerboseReport, ShowsDifferencesOfEachWorkerAndTheTotalRate) {
  WorkerFigures first;
  first.requests = 100;
  first.polls = 50;
  first.polls_empty = 10;
  first.events = 80;
  WorkerFigures second = first;
  second.requests = 300;
  second.polls = 75;
  second.polls_empty = 15;
  second.events = 130;
  second.events_last = 4;
  second.events_min = 1;
  second.events_max = 9;
  second.accept_errors = 2;
  second.read_errors = 3;
  second.write_errors = 4;
  second.aborts_idle = 5;
  second.aborts_receiving = 6;
  const auto lines =
      verbose_report(sample_of(1'000'000'000, {first, {}}), sample_of(3'000'000'000, {second, {}}));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0],
            "worker 0: requests 200, events per epoll_wait: empty 5 last 4 min 1 max 9 average 2.5, errors: "
            "accept 2 "
            "read 3 write 4, clients left 11");
  EXPECT_EQ(
      lines[1],
      "worker 1: requests 0, events per epoll_wait: empty 0 last 0 min 0 max 0 average 0.0, errors: accept 0 "
      "read 0 write 0, clients left 0");
  EXPECT_EQ(lines[2], "Request/s 100");
}

TEST(VerboseReport, ShowsAWorkerThatWasNotThereBefore) {
  WorkerFigures figures;
  figures.requests = 5;
  const auto lines = verbose_report(sample_of(0, {}), sample_of(1'000'000'000, {figures}));
  EXPECT_TRUE(lines.at(0).starts_with("worker 0: requests 5,"));
  EXPECT_EQ(lines.at(1), "Request/s 5");
}

TEST(VerboseReport, CountsFromWhereAWorkerLeftThatComesBack) {
  WorkerFigures figures;
  figures.requests = 5;
  StatsSample earlier = sample_of(0, {});
  earlier.former = sample_of(0, {figures}).workers;
  figures.requests = 7;
  const auto lines = verbose_report(earlier, sample_of(1'000'000'000, {figures}));
  EXPECT_TRUE(lines.at(0).starts_with("worker 0: requests 2,"));
}

}  // namespace
}  // namespace demo
