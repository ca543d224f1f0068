#include "control/monitor/stats_view.h"

#include <gmock/gmock.h>
#include <google/protobuf/message.h>

#include "control/monitor/stats_total.h"
#include "stats/histogram.h"

namespace demo {
namespace {

namespace pb = control::v1;

StatsSample two_workers() {
  StatsSample sample;
  sample.generation = 3;
  for (unsigned i = 0; i < 2; ++i) {
    WorkerSample worker;
    worker.index = i;
    worker.core = i + 4;
    worker.alive = true;
    worker.figures.requests = 10 + i;
    worker.figures.generation = 3 - i;
    worker.service_time.assign(Histogram::kBuckets, 0);
    worker.service_time[20] = 1 + i;
    worker.response_time.assign(Histogram::kBuckets, 0);
    worker.response_time[30] = 1 + i;
    sample.workers.push_back(worker);
  }
  sample.listeners.push_back({"0.0.0.0:80", {1, 2, 3, 4, 5}});
  sample.backends.push_back({"default", "b:80", "10.0.0.3:80", {}});
  sample.backends.push_back({"api", "c:80", "10.0.0.4:80", {}});
  return sample;
}

StatsView view_of(const pb::StatsSelection& selection = {}, bool always_complete = false) {
  return StatsView(StatsSelector::from(selection).value(), always_complete);
}

pb::StatsSample written(StatsView& view, const StatsSample& sample) {
  pb::StatsSample message;
  view.write(sample, message);
  return message;
}

// The state that a client builds from changes must be the state itself.
TEST(StatsView, WritesEachFigureIntoTheFieldOfItsName) {
  StatsSample sample = two_workers();
  std::uint64_t next = 100;
  for (const auto& figure : kFiguresOf<WorkerFigures>) sample.workers[0].figures.*figure.member = next++;
  StatsView view = view_of();
  const pb::StatsSample message = written(view, sample);
  const auto& figures = message.workers(0).figures();
  const auto* type = figures.GetDescriptor();
  ASSERT_EQ(static_cast<std::size_t>(type->field_count()), kFiguresOf<WorkerFigures>.size());
  for (const auto& figure : kFiguresOf<WorkerFigures>) {
    const auto* field = type->FindFieldByName(std::string(figure.name));
    ASSERT_NE(field, nullptr) << figure.name;
    EXPECT_EQ(figures.GetReflection()->GetUInt64(figures, field), sample.workers[0].figures.*figure.member);
  }
  EXPECT_EQ(figures.connections_open(), 100U);
  EXPECT_EQ(figures.bytes_out(), sample.workers[0].figures.bytes_out);
  EXPECT_EQ(figures.events_max(), sample.workers[0].figures.events_max);
  EXPECT_EQ(figures.draining(), sample.workers[0].figures.draining);
  EXPECT_EQ(static_cast<std::size_t>(pb::BackendFigures::descriptor()->field_count()),
            kFiguresOf<BackendFigures>.size());
  EXPECT_EQ(static_cast<std::size_t>(pb::ListenerFigures::descriptor()->field_count()),
            kFiguresOf<ListenerFigures>.size());
}

TEST(StatsView, WritesTheFirstSampleWhole) {
  StatsView view = view_of();
  const pb::StatsSample message = written(view, two_workers());
  EXPECT_TRUE(message.complete());
  EXPECT_EQ(message.generation(), 3U);
  ASSERT_EQ(message.workers_size(), 2);
  EXPECT_EQ(message.workers(1).core(), 5U);
  EXPECT_TRUE(message.workers(1).alive());
  EXPECT_EQ(message.total().requests(), 21U);
  EXPECT_EQ(message.total().generation(), 2U);
  ASSERT_EQ(message.total_service_time().buckets_size(), 1);
  EXPECT_EQ(message.total_service_time().buckets(0).count(), 3U);
  EXPECT_EQ(message.total_service_time().buckets(0).upper_bound_ns(), Histogram::upper_bound(20));
  ASSERT_EQ(message.total_response_time().buckets_size(), 1);
  EXPECT_EQ(message.total_response_time().buckets(0).index(), 30U);
  EXPECT_EQ(message.workers(1).response_time().buckets(0).count(), 2U);
  EXPECT_EQ(message.listeners(0).figures().bytes_out(), 5U);
  ASSERT_EQ(message.backends_size(), 2);
  EXPECT_EQ(message.backends(0).pool(), "default");
  EXPECT_EQ(message.backends(1).pool(), "api");
  EXPECT_TRUE(message.backends(0).figures().has_requests());
}

TEST(StatsView, WritesOnlyWhatChangedAfterwards) {
  StatsView view = view_of();
  StatsSample sample = two_workers();
  written(view, sample);
  pb::StatsSample message = written(view, sample);
  EXPECT_FALSE(message.complete());
  EXPECT_EQ(message.workers_size() + message.listeners_size() + message.backends_size(), 0);
  EXPECT_FALSE(message.total().has_requests());

  sample.workers[1].figures.requests = 20;
  sample.workers[1].figures.connections_open = 0;
  sample.workers[0].alive = false;
  sample.backends[0].figures.queued = 1;
  message = written(view, sample);
  ASSERT_EQ(message.workers_size(), 2);
  EXPECT_FALSE(message.workers(0).alive());
  EXPECT_EQ(message.workers(1).worker(), 1U);
  EXPECT_EQ(message.workers(1).figures().requests(), 20U);
  EXPECT_FALSE(message.workers(1).figures().has_connections_open());
  EXPECT_EQ(message.workers(1).service_time().buckets_size(), 0);
  ASSERT_EQ(message.backends_size(), 1);
  EXPECT_EQ(message.backends(0).endpoint(), "b:80");
  EXPECT_EQ(message.backends(0).figures().queued(), 1U);
}

TEST(StatsView, WritesAGaugeThatFellToZero) {
  StatsView view = view_of();
  StatsSample sample = two_workers();
  sample.listeners[0].figures.connections_open = 4;
  written(view, sample);
  sample.listeners[0].figures.connections_open = 0;
  const pb::StatsSample message = written(view, sample);
  ASSERT_EQ(message.listeners_size(), 1);
  EXPECT_TRUE(message.listeners(0).figures().has_connections_open());
  EXPECT_EQ(message.listeners(0).figures().connections_open(), 0U);
}

TEST(StatsView, TellsWhichRowsCameAndWent) {
  StatsView view = view_of();
  StatsSample sample = two_workers();
  written(view, sample);
  sample.workers.pop_back();
  sample.listeners = {{"0.0.0.0:79", {}}};
  sample.backends.erase(sample.backends.begin());
  const pb::StatsSample message = written(view, sample);
  ASSERT_EQ(message.workers_size(), 1);
  EXPECT_EQ(message.workers(0).worker(), 1U);
  EXPECT_TRUE(message.workers(0).gone());
  ASSERT_EQ(message.listeners_size(), 2);
  EXPECT_EQ(message.listeners(0).address(), "0.0.0.0:79");
  EXPECT_FALSE(message.listeners(0).gone());
  EXPECT_TRUE(message.listeners(0).figures().has_requests());
  EXPECT_TRUE(message.listeners(1).gone());
  ASSERT_EQ(message.backends_size(), 1);
  EXPECT_TRUE(message.backends(0).gone());
  EXPECT_EQ(message.backends(0).address(), "10.0.0.3:80");
}

TEST(StatsView, KeepsTheOrderOfTheDesiredState) {
  StatsSample sample;
  sample.listeners = {{"0.0.0.0:81", {}}, {"0.0.0.0:80", {}}};
  for (const char* pool : {"zeta", "alpha"}) {
    for (const char* endpoint : {"9:80", "1:80"}) sample.backends.push_back({pool, endpoint, endpoint, {}});
  }
  StatsView view = view_of();
  pb::StatsSample message = written(view, sample);
  EXPECT_EQ(message.listeners(0).address(), "0.0.0.0:81");
  EXPECT_EQ(message.backends(0).pool(), "zeta");
  EXPECT_EQ(message.backends(0).endpoint(), "9:80");
  EXPECT_EQ(message.backends(1).endpoint(), "1:80");
  EXPECT_EQ(message.backends(2).pool(), "alpha");
  sample.backends[2].figures.requests = 7;
  sample.backends.erase(sample.backends.begin());
  message = written(view, sample);
  ASSERT_EQ(message.backends_size(), 2);
  EXPECT_EQ(message.backends(0).figures().requests(), 7U);
  EXPECT_TRUE(message.backends(1).gone());
  EXPECT_EQ(message.backends(1).endpoint(), "9:80");
}

TEST(StatsView, WritesEverySampleWholeOnRequest) {
  StatsView view = view_of({}, true);
  written(view, two_workers());
  const pb::StatsSample message = written(view, two_workers());
  EXPECT_TRUE(message.complete());
  EXPECT_EQ(message.workers_size(), 2);
}

TEST(StatsSelector, NarrowsPartsAndRows) {
  pb::StatsSelection selection;
  selection.add_parts(pb::STATS_PART_WORKERS);
  selection.add_parts(pb::STATS_PART_BACKENDS);
  selection.add_workers(1);
  selection.add_pools("api");
  StatsView view = view_of(selection);
  const pb::StatsSample message = written(view, two_workers());
  ASSERT_EQ(message.workers_size(), 1);
  EXPECT_EQ(message.workers(0).worker(), 1U);
  EXPECT_FALSE(message.workers(0).has_service_time());
  EXPECT_FALSE(message.has_total());
  EXPECT_EQ(message.listeners_size(), 0);
  ASSERT_EQ(message.backends_size(), 1);
  EXPECT_EQ(message.backends(0).pool(), "api");
}

TEST(StatsSelector, FindsAListenerByAnySpellingOfItsAddress) {
  pb::StatsSelection selection;
  selection.add_listeners(":80");
  StatsView view = view_of(selection);
  EXPECT_EQ(written(view, two_workers()).listeners_size(), 1);
}

TEST(StatsTotal, TakesExtremesWhereSumsMeanNothing) {
  StatsSample sample;
  sample.workers.resize(3);
  auto& workers = sample.workers;
  workers[0].figures.events_min = 0;  // no poll with an event yet
  workers[1].figures.events_min = 4;
  workers[2].figures.events_min = 2;
  workers[1].figures.events_max = 9;
  workers[2].figures.events_max = 7;
  workers[1].figures.events_last = 5;
  workers[0].figures.generation = 1;  // dead: does not count
  workers[1].alive = workers[2].alive = true;
  workers[1].figures.generation = 8;
  workers[2].figures.generation = 7;
  const StatsTotal total = total_of(sample);
  EXPECT_EQ(total.figures.events_min, 2U);
  EXPECT_EQ(total.figures.events_max, 9U);
  EXPECT_EQ(total.figures.events_last, 0U);
  EXPECT_EQ(total.figures.generation, 7U);
  EXPECT_EQ(total_of({}).figures.generation, 0U);
}

TEST(StatsTotal, HoldsWhatWorkersCountedThatWereTakenAway) {
  StatsSample sample;
  sample.workers.resize(1);
  sample.workers[0].alive = true;
  sample.workers[0].figures.requests = 21;
  sample.workers[0].figures.generation = 3;
  sample.former.resize(1);
  sample.former[0].index = 1;
  sample.former[0].figures.requests = 19;
  sample.former[0].service_time = {0, 5};
  const StatsTotal total = total_of(sample);
  EXPECT_EQ(total.figures.requests, 40U);
  EXPECT_EQ(total.figures.generation, 3U);
  EXPECT_EQ(total.service_time.at(1), 5U);
}

TEST(StatsView, WritesNoRowForAWorkerThatWasTakenAwayButItsShareOfTheTotal) {
  StatsView view = view_of({});
  StatsSample sample = two_workers();
  const auto before = written(view, sample).total().requests();
  sample.former.push_back(sample.workers.back());
  sample.workers.pop_back();
  EXPECT_FALSE(written(view, sample).total().has_requests());
  EXPECT_GT(before, 0U);
}

}  // namespace
}  // namespace demo
