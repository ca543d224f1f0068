#include "supervisor/figures/stats_sampler.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "supervisor/figures/stats_gauges.h"

namespace demo {
namespace {

class StatsSamplerTest : public testing::Test {
 protected:
  StatsPage& page(unsigned index) { return area_.writable_page(index); }
  static StatsLayout two_workers() {
    StatsLayout layout;
    layout.generation = 9;
    layout.workers = {{0, 4, true, 0}, {1, 5, false, 1}};
    layout.listeners = {{"127.0.0.1:80", 2}};
    layout.backends = {{"p", "b:80", "10.0.0.3:80", 3}};
    return layout;
  }

  StatsArea area_ = std::move(*StatsArea::create());
  StatsSampler sampler_{area_};
};

TEST_F(StatsSamplerTest, CopiesTheFiguresOfEachWorker) {
  page(0).worker.requests.add(5);
  page(0).worker.connections_open.set(2);
  page(0).worker.draining.set(1);
  page(0).service_time.record(1000, 3);
  page(0).response_time.record(9000, 2);
  page(1).worker.requests.add(7);
  sampler_.set_layout(two_workers());
  const StatsSample sample = sampler_.sample();
  EXPECT_EQ(sample.generation, 9U);
  EXPECT_GT(sample.monotonic_ns, 0U);
  ASSERT_EQ(sample.workers.size(), 2U);
  EXPECT_EQ(sample.workers[0].core, 4U);
  EXPECT_TRUE(sample.workers[0].alive);
  EXPECT_FALSE(sample.workers[1].alive);
  EXPECT_EQ(sample.workers[0].figures.requests, 5U);
  EXPECT_EQ(sample.workers[0].figures.connections_open, 2U);
  EXPECT_EQ(sample.workers[0].figures.draining, 1U);
  EXPECT_EQ(sample.workers[0].service_time.at(Histogram::bucket_of(1000)), 3U);
  EXPECT_EQ(sample.workers[0].service_time.at(Histogram::bucket_of(9000)), 0U);
  EXPECT_EQ(sample.workers[0].response_time.at(Histogram::bucket_of(9000)), 2U);
  EXPECT_EQ(sample.workers[1].figures.requests, 7U);
}

TEST_F(StatsSamplerTest, KnowsWhereSomethingStillCounts) {
  sampler_.set_layout(two_workers());
  page(1).listeners[limits::kListeners - 1].connections_open.set(1);
  EXPECT_TRUE(sampler_.counts_in_listener(limits::kListeners - 1));
  EXPECT_FALSE(sampler_.counts_in_listener(0));
  page(0).backends[3].connections_open.set(1);
  page(0).backends[4].requests_active.set(1);
  page(1).backends[5].queued.set(1);
  for (const std::uint32_t slot : {3U, 4U, 5U}) EXPECT_TRUE(sampler_.counts_in_backend(slot));
  EXPECT_FALSE(sampler_.counts_in_backend(6));
}

TEST_F(StatsSamplerTest, SumsListenersAndBackendsOverTheWorkers) {
  for (unsigned index : {0U, 1U}) {
    page(index).listeners[2].requests.add(10);
    page(index).listeners[2].connections_open.set(1);
    page(index).backends[3].requests.add(20);
    page(index).backends[3].ejected.set(1);
  }
  sampler_.set_layout(two_workers());
  const StatsSample sample = sampler_.sample();
  EXPECT_EQ(sample.listeners.at(0).address, "127.0.0.1:80");
  EXPECT_EQ(sample.listeners[0].figures.requests, 20U);
  EXPECT_EQ(sample.listeners[0].figures.connections_open, 2U);
  EXPECT_EQ(sample.backends.at(0).endpoint, "b:80");
  EXPECT_EQ(sample.backends[0].figures.requests, 40U);
  EXPECT_EQ(sample.backends[0].figures.ejected, 2U);
}

TEST_F(StatsSamplerTest, TellsHowOneBackendStands) {
  StatsLayout layout = two_workers();
  layout.backends = {
      {"p", "b:80", "10.0.0.3:80", 3}, {"p", "b:80", "10.0.0.4:80", 4}, {"q", "b:80", "10.0.0.3:80", 5}};
  sampler_.set_layout(layout);
  for (std::uint32_t slot : {3U, 4U, 5U}) {
    page(0).backends[slot].requests_active.set(1);
    page(1).backends[slot].lost.add(10);
  }
  sampler_.restart_backend(4);
  const BackendStanding standing = sampler_.standing("p", "b:80");
  EXPECT_TRUE(standing.there);
  EXPECT_EQ(standing.generation, 9U);
  EXPECT_EQ(standing.figures.requests_active, 2U);
  EXPECT_EQ(standing.figures.lost, 10U);
  EXPECT_FALSE(sampler_.standing("q", "c:80").there);
  EXPECT_EQ(sampler_.standing("q", "c:80").figures.lost, 0U);
}

TEST_F(StatsSamplerTest, LetsANewOwnerOfASlotBeginAtZero) {
  sampler_.set_layout(two_workers());
  page(0).listeners[2].requests.add(10);
  page(1).backends[3].connects.add(4);
  page(1).backends[3].connections_open.set(6);
  sampler_.restart_listener(2);
  sampler_.restart_backend(3);
  page(0).listeners[2].requests.add(1);
  page(1).backends[3].connects.add(2);
  const StatsSample sample = sampler_.sample();
  EXPECT_EQ(sample.listeners[0].figures.requests, 1U);
  EXPECT_EQ(sample.backends[0].figures.connects, 2U);
  // What is open now is no matter of beginnings.
  EXPECT_EQ(sample.backends[0].figures.connections_open, 6U);
}

TEST_F(StatsSamplerTest, CountsWhatWorkersDidThatLeftThePlan) {
  sampler_.set_layout(two_workers());
  page(1).worker.requests.add(7);
  page(1).service_time.record(1000, 3);
  page(1).response_time.record(9000, 2);
  page(1).listeners[2].requests.add(10);
  page(1).backends[3].requests.add(20);
  sampler_.retire_page(1, 1);
  area_.clear_page(1);
  StatsLayout layout = two_workers();
  layout.workers.pop_back();
  for (int i = 0; i < 2; ++i) {
    const StatsSample sample = sampler_.sample();
    ASSERT_EQ(sample.workers.size(), 1U);
    ASSERT_EQ(sample.former.size(), 1U);
    EXPECT_EQ(sample.former[0].index, 1U);
    EXPECT_FALSE(sample.former[0].alive);
    EXPECT_EQ(sample.former[0].figures.requests, 7U);
    EXPECT_EQ(sample.former[0].service_time.at(Histogram::bucket_of(1000)), 3U);
    EXPECT_EQ(sample.former[0].response_time.at(Histogram::bucket_of(9000)), 2U);
    EXPECT_EQ(sample.listeners[0].figures.requests, 10U);
    EXPECT_EQ(sample.backends[0].figures.requests, 20U);
    sampler_.set_layout(layout);
  }
}

TEST_F(StatsSamplerTest, LetsAWorkerThatComesBackCountOn) {
  page(1).worker.requests.add(7);
  sampler_.set_layout(two_workers());
  sampler_.retire_page(1, 1);
  area_.clear_page(1);
  sampler_.set_layout(two_workers());
  page(1).worker.requests.add(1);
  const StatsSample sample = sampler_.sample();
  EXPECT_TRUE(sample.former.empty());
  EXPECT_EQ(sample.workers.at(1).figures.requests, 8U);
}

TEST_F(StatsSamplerTest, AddsUpTheProcessesOfAWorker) {
  page(0).worker.requests.add(5);
  page(0).worker.draining.set(1);
  page(0).worker.connections_open.set(2);
  page(0).worker.generation.set(6);
  page(0).worker.events_min.set(3);
  page(0).worker.events_max.set(9);
  page(7).worker.requests.add(1);
  page(7).worker.connections_open.set(1);
  page(7).worker.generation.set(8);
  page(7).worker.events_min.set(4);
  page(7).worker.events_max.set(5);
  page(7).worker.events_last.set(4);
  page(7).listeners[2].connections_open.set(1);
  StatsLayout layout = two_workers();
  layout.workers = {{0, 4, true, 0}, {0, 4, true, 7}};
  sampler_.set_layout(layout);
  const StatsSample sample = sampler_.sample();
  ASSERT_EQ(sample.workers.size(), 1U);
  const WorkerFigures& figures = sample.workers[0].figures;
  EXPECT_EQ(figures.requests, 6U);
  EXPECT_EQ(figures.draining, 1U);
  EXPECT_EQ(figures.connections_open, 3U);
  EXPECT_EQ(figures.generation, 8U);
  EXPECT_EQ(figures.events_min, 3U);
  EXPECT_EQ(figures.events_max, 9U);
  EXPECT_EQ(figures.events_last, 4U);
  EXPECT_EQ(sample.listeners[0].figures.connections_open, 1U);
}

TEST_F(StatsSamplerTest, MaySampleWhileTheLayoutChanges) {
  std::thread reader([this] {
    for (int i = 0; i < 200; ++i) (void)sampler_.sample();
  });
  for (int i = 0; i < 200; ++i) {
    sampler_.set_layout(two_workers());
    sampler_.restart_backend(3);
    page(0).worker.requests.add(1);
  }
  reader.join();
  EXPECT_EQ(sampler_.sample().workers[0].figures.requests, 200U);
}

// Reading memory that nobody touched takes it up.
TEST_F(StatsSamplerTest, TouchesNoPlaceThatNobodyUsedWhenAWorkerEnds) {
  const auto memory = [this] {
    struct stat status {};
    EXPECT_EQ(::fstat(area_.fd(), &status), 0);
    return status.st_blocks;
  };
  page(0).backends[3].requests_active.set(2);
  page(0).backends[5000].requests.add(8);
  page(0).listeners[1500].connections_open.set(4);
  page(0).listeners[1500].requests.add(9);
  const auto before = memory();
  EXPECT_EQ(zero_gauges(area_, 0), 0U);
  sampler_.set_layout(two_workers());
  sampler_.retire_page(0, 0);
  EXPECT_LT(memory() - before, 180)
      << "blocks of 512 bytes: all places of listeners in page and offsets take "
         "375 more, those of backends thousands";
  EXPECT_FALSE(sampler_.counts_in_listener(1500));
  EXPECT_EQ(sampler_.backend(3).lost, 2U);
  EXPECT_EQ(sampler_.backend(5000).requests, 8U);
}

TEST_F(StatsSamplerTest, ZeroesGaugesOfADeadWorkerAndKeepsItsCounters) {
  page(0).worker.connections_open.set(12);
  page(0).worker.requests.add(5);
  page(0).listeners[2].connections_open.set(12);
  page(0).listeners[2].requests.add(5);
  page(0).backends[3].requests_active.set(2);
  page(0).backends[3].ejected.set(1);
  page(0).backends[3].requests.add(8);
  EXPECT_EQ(zero_gauges(area_, 0), 12U);
  sampler_.set_layout(two_workers());
  const StatsSample sample = sampler_.sample();
  EXPECT_EQ(sample.workers[0].figures.connections_open, 0U);
  EXPECT_EQ(sample.workers[0].figures.requests, 5U);
  EXPECT_EQ(sample.listeners[0].figures.connections_open, 0U);
  EXPECT_EQ(sample.listeners[0].figures.requests, 5U);
  EXPECT_EQ(sample.backends[0].figures.requests_active, 0U);
  EXPECT_EQ(sample.backends[0].figures.lost, 2U) << "nobody shall take them for finished";
  EXPECT_EQ(sample.backends[0].figures.ejected, 0U);
  EXPECT_EQ(sample.backends[0].figures.requests, 8U);
}

}  // namespace
}  // namespace demo
