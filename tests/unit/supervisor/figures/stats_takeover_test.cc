#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "supervisor/figures/stats_gauges.h"
#include "supervisor/figures/stats_sampler.h"

namespace demo {
namespace {

// What a supervisor process has of statistics, over an area of its own or the one of a process before it.
struct TakenStats {
  explicit TakenStats(StatsArea from) : area(std::move(from)) {}
  StatsArea area;
  StatsSampler sampler{area};
};

StatsLayout layout_with(std::vector<StatsLayout::WorkerEntry> workers) {
  StatsLayout layout;
  layout.workers = std::move(workers);
  layout.listeners = {{"127.0.0.1:80", 2}};
  layout.backends = {{"p", "b:80", "10.0.0.3:80", 3}, {"p", "c:80", "10.0.0.4:80", 9000}};
  return layout;
}

class StatsTakeover : public testing::Test {
 protected:
  StatsTakeover() { begin(StatsArea::create().value()); }

  void begin(StatsArea area) { now_ = std::make_unique<TakenStats>(std::move(area)); }
  // The supervisor dies, and another one takes over.
  void take_over() {
    UniqueFd memory(::fcntl(now_->area.fd(), F_DUPFD_CLOEXEC, 0));
    now_.reset();
    begin(StatsArea::adopt(std::move(memory)).value());
  }
  StatsPage& page(unsigned index) { return now_->area.writable_page(index); }
  StatsSampler& sampler() { return now_->sampler; }
  // A worker process that worked and left.
  void serve_and_leave(unsigned index, unsigned in_page, std::uint64_t requests) {
    page(in_page).worker.requests.add(requests);
    page(in_page).worker.accept_errors.add(1);
    page(in_page).service_time.record(1000, requests);
    page(in_page).response_time.record(9000, requests);
    page(in_page).listeners[2].requests.add(requests);
    page(in_page).backends[3].requests.add(requests);
    page(in_page).backends[9000].requests.add(2 * requests);
    sampler().retire_page(index, in_page);
    now_->area.clear_page(in_page);
  }

  std::unique_ptr<TakenStats> now_;
};

TEST_F(StatsTakeover, KeepsWhatProcessesCountedThatAreGone) {
  serve_and_leave(1, 4, 10);
  serve_and_leave(1, 5, 1);
  serve_and_leave(255, 6, 100);
  take_over();
  sampler().set_layout(layout_with({}));
  const StatsSample sample = sampler().sample();
  ASSERT_EQ(sample.former.size(), 2U);
  EXPECT_EQ(sample.former[0].index, 1U);
  EXPECT_EQ(sample.former[0].figures.requests, 11U);
  EXPECT_EQ(sample.former[0].service_time.at(Histogram::bucket_of(1000)), 11U);
  EXPECT_EQ(sample.former[0].response_time.at(Histogram::bucket_of(9000)), 11U);
  EXPECT_EQ(sample.former[1].index, 255U);
  EXPECT_EQ(sample.former[1].figures.requests, 100U);
  EXPECT_EQ(sample.listeners.at(0).figures.requests, 111U);
  EXPECT_EQ(sample.backends.at(0).figures.requests, 111U);
  EXPECT_EQ(sample.backends.at(1).figures.requests, 222U);
  EXPECT_EQ(sampler().accept_errors(), 3U);
}

TEST_F(StatsTakeover, CountsOnWhereTheEarlierSupervisorStopped) {
  serve_and_leave(1, 4, 10);
  take_over();
  serve_and_leave(1, 4, 5);
  take_over();
  page(7).worker.requests.add(1);
  page(7).backends[3].requests.add(1);
  sampler().set_layout(layout_with({{1, 0, true, 7}}));
  const StatsSample sample = sampler().sample();
  EXPECT_TRUE(sample.former.empty());
  EXPECT_EQ(sample.workers.at(0).figures.requests, 16U);
  EXPECT_EQ(sample.backends.at(0).figures.requests, 16U);
}

TEST_F(StatsTakeover, LeavesOutWhatASlotCountedBeforeItsOwner) {
  serve_and_leave(0, 4, 10);
  const StatsLayout layout = layout_with({{0, 0, true, 5}});
  page(5).listeners[2].requests.add(20);
  page(5).backends[3].requests.add(20);
  page(5).backends[3].connections_open.set(6);
  sampler().set_layout(layout);
  sampler().restart_listener(2);
  sampler().restart_backend(3);
  page(5).listeners[2].requests.add(1);
  page(5).backends[3].requests.add(2);
  take_over();
  sampler().set_layout(layout);
  page(5).backends[3].requests.add(2);
  for (int i = 0; i < 2; ++i) {
    const StatsSample sample = sampler().sample();
    EXPECT_EQ(sample.listeners.at(0).figures.requests, 1U);
    EXPECT_EQ(sample.backends.at(0).figures.requests, 4U);
    EXPECT_EQ(sample.backends.at(0).figures.connections_open, i == 0 ? 6U : 0U);
    EXPECT_EQ(sample.backends.at(1).figures.requests, 20U);
    zero_gauges(now_->area, 5);
    sampler().retire_page(0, 5);
  }
}

TEST_F(StatsTakeover, CountsAPageOnceThatWasRetiredAndNotCleared) {
  page(4).worker.requests.add(10);
  page(4).service_time.record(1000, 10);
  page(4).listeners[2].requests.add(10);
  page(4).backends[3].requests.add(10);
  sampler().retire_page(1, 4);
  take_over();
  sampler().retire_page(1, 4);
  sampler().set_layout(layout_with({}));
  const StatsSample sample = sampler().sample();
  EXPECT_EQ(sample.former.at(0).figures.requests, 10U);
  EXPECT_EQ(sample.former.at(0).service_time.at(Histogram::bucket_of(1000)), 10U);
  EXPECT_EQ(sample.listeners.at(0).figures.requests, 10U);
  EXPECT_EQ(sample.backends.at(0).figures.requests, 10U);
}

// Reading memory that nobody touched takes it up.
TEST_F(StatsTakeover, TouchesNothingThatWasNeverKept) {
  serve_and_leave(1, 4, 10);
  sampler().restart_backend(3);
  const auto memory = [this] {
    struct stat status {};
    EXPECT_EQ(::fstat(now_->area.fd(), &status), 0);
    return status.st_blocks;
  };
  const auto before = memory();
  take_over();
  StatsLayout layout = layout_with({});
  for (std::uint32_t slot = 9001; slot < limits::kBackendMembers; ++slot) {
    layout.backends.push_back({"p", "d:80", "10.0.0.5:80", slot});
  }
  sampler().set_layout(layout);
  (void)sampler().sample();
  EXPECT_EQ(sampler().accept_errors(), 1U);
  EXPECT_LE(memory() - before, 8) << "blocks of 512 bytes: one page";
}

// A supervisor that is killed while it keeps what a process counted: at any instruction.
class KilledRetirement : public StatsTakeover {
 protected:
  static constexpr std::uint64_t kCount = 1000;
  static constexpr unsigned kPage = 4;
  static constexpr std::uint32_t kPlaces = 300;

  void fill() {
    StatsPage& filled = page(kPage);
    filled.worker.requests.set(kCount);
    for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
      filled.service_time.record(Histogram::upper_bound(bucket), kCount);
    }
    for (std::uint32_t slot = 0; slot < kPlaces; ++slot) filled.backends[slot].requests.set(kCount);
  }
  // Each kept number once.
  std::vector<std::uint64_t> kept() {
    KeptFigures& all = now_->area.kept();
    std::vector<std::uint64_t> numbers(all.workers[1].service_time.begin(),
                                       all.workers[1].service_time.end());
    numbers.push_back(all.workers[1].figures.requests);
    for (std::uint32_t slot = 0; slot < kPlaces; ++slot) numbers.push_back(all.backends[slot].requests);
    return numbers;
  }
};

TEST_F(KilledRetirement, CountsNothingTwiceAndLosesOneNumberAtMost) {
  constexpr int kDeaths = 60;
  std::minstd_rand random(3);
  for (int death = 0; death < kDeaths; ++death) {
    const std::vector<std::uint64_t> before = kept();
    fill();
    const pid_t supervisor = ::fork();
    if (supervisor == 0) {
      sampler().retire_page(1, kPage);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(random() % 600));
    ::kill(supervisor, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(supervisor, &status, 0), supervisor);
    take_over();
    sampler().retire_page(1, kPage);
    now_->area.clear_page(kPage);
    const std::vector<std::uint64_t> after = kept();
    unsigned lost = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      const std::uint64_t counted = after[i] - before[i];
      ASSERT_TRUE(counted == kCount || counted == 0) << i << ": " << counted;
      if (counted == 0) ++lost;
    }
    ASSERT_LE(lost, 1U);
  }
}

}  // namespace
}  // namespace demo
