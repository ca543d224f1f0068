#include "stats/stats_area.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "base/other_build.h"

namespace demo {
namespace {

UniqueFd duplicate(int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

// An area of a supervisor, and a worker with page 3 that counted 7 requests there.
struct CountedArea {
  StatsArea area = StatsArea::create().value();
  StatsArea worker = open_worker();

  StatsArea open_worker() {
    area.prepare_page(3);
    StatsArea opened = StatsArea::open(duplicate(area.fd()), 3).value();
    opened.writable_page(3).worker.requests.add(7);
    return opened;
  }
};

TEST(StatsArea, ShowsTheSupervisorWhatAWorkerCounts) {
  const CountedArea counted;
  const StatsArea* const area = &counted.area;
  EXPECT_EQ(area->page(3).worker.requests.get(), 7U);
  EXPECT_EQ(area->page(2).worker.requests.get(), 0U);
}

TEST(StatsArea, ShowsAWorkerThePagesOfItsPeers) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  area->prepare_page(0);
  area->prepare_page(1);
  auto first = StatsArea::open(duplicate(area->fd()), 0);
  auto second = StatsArea::open(duplicate(area->fd()), 1);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  first->writable_page(0).backends[5].requests_active.set(9);
  EXPECT_EQ(second->page(0).backends[5].requests_active.get(), 9U);
}

TEST(StatsArea, KeepsThePageOfAWorkerThatLeft) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  area->prepare_page(0);
  { StatsArea::open(duplicate(area->fd()), 0)->writable_page(0).worker.requests.add(5); }
  area->prepare_page(0);
  auto next = StatsArea::open(duplicate(area->fd()), 0);
  ASSERT_TRUE(next);
  next->writable_page(0).worker.requests.add(1);
  EXPECT_EQ(area->page(0).worker.requests.get(), 6U);
}

TEST(StatsArea, TellsWorkersWhichPagesAreInUse) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  area->prepare_page(0);
  auto worker = StatsArea::open(duplicate(area->fd()), 0);
  ASSERT_TRUE(worker);
  EXPECT_EQ(worker->live_pages(), 0U);
  area->set_live_pages(std::vector<unsigned>{0, 300});
  ASSERT_EQ(worker->live_pages(), 2U);
  EXPECT_EQ(worker->live_page(1), 300U);
}

TEST(StatsArea, ForgetsAPageThatWasCleared) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  area->prepare_page(2);
  area->writable_page(2).worker.requests.add(5);
  area->clear_page(2);
  EXPECT_EQ(area->page(2).worker.requests.get(), 0U);
  EXPECT_FALSE(StatsArea::open(duplicate(area->fd()), 2));
}

TEST(StatsArea, KnowsThePlacesOfBackendsThatWereUsed) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  area->prepare_page(2);
  constexpr std::size_t kAround = 2 + 2 * 4096 / sizeof(BackendStats);  // in the same memory
  EXPECT_LE(area->used_backends(2).size(), kAround);
  std::vector<std::uint32_t> touched;
  for (const std::size_t slot : {0UL, 400UL, 401UL, 7000UL, limits::kBackendMembers - 1}) {
    touched.push_back(static_cast<std::uint32_t>(slot));
    area->writable_page(2).backends[slot].requests.add(1);
    const std::vector<std::uint32_t> used = area->used_backends(2);
    EXPECT_TRUE(std::ranges::includes(used, touched));
    EXPECT_EQ(std::ranges::adjacent_find(used, std::ranges::greater_equal{}), used.end());
    EXPECT_LE(used.size(), touched.size() * kAround);
    EXPECT_LT(used.back(), limits::kBackendMembers);
  }
  area->writable_page(3).backends[0].requests.add(1);
  area->clear_page(2);
  EXPECT_LE(area->used_backends(2).size(), kAround) << "the next page's are none of its";
}

TEST(StatsArea, KnowsThePlacesOfListenersThatWereUsed) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  area->prepare_page(2);
  constexpr std::size_t kAround = 2 + 2 * 4096 / sizeof(ListenerStats);  // in the same memory
  for (const std::size_t slot : {std::size_t{700}, limits::kListeners - 1}) {
    area->writable_page(2).listeners[slot].requests.add(1);
    const std::vector<std::uint32_t> used = area->used_listeners(2);
    EXPECT_TRUE(std::ranges::binary_search(used, slot));
    EXPECT_LT(used.size(), 3 * kAround);
    EXPECT_LT(used.back(), limits::kListeners);
  }
  EXPECT_FALSE(std::ranges::binary_search(area->used_listeners(2), 1400U)) << "has memory that nobody used";
}

TEST(StatsArea, RefusesAPageThatNobodyPrepared) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  EXPECT_FALSE(StatsArea::open(duplicate(area->fd()), 0));
}

TEST(StatsArea, RefusesADescriptorOfAnotherKind) {
  EXPECT_FALSE(StatsArea::open(UniqueFd(::open("/dev/null", O_RDWR)), 0));
  EXPECT_FALSE(StatsArea::open(UniqueFd(::memfd_create("other", MFD_CLOEXEC)), 0));
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  EXPECT_FALSE(StatsArea::open(duplicate(area->fd()), StatsArea::kPages));
}

TEST(StatsArea, HoldsAfterAnAdoptionWhatItHeldBefore) {
  CountedArea counted;
  StatsArea* const area = &counted.area;
  area->set_live_pages(std::vector<unsigned>{3});
  area->kept().backends_used = 6;
  area->kept().backends[5].requests = 9;
  auto next = StatsArea::adopt(duplicate(area->fd()));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->page(3).worker.requests.get(), 7U);
  ASSERT_EQ(next->live_pages(), 1U);
  EXPECT_EQ(next->live_page(0), 3U);
  EXPECT_EQ(next->kept().backends_used, 6U);
  EXPECT_EQ(next->kept().backends[5].requests, 9U);
  counted.worker.writable_page(3).worker.requests.add(1);
  EXPECT_EQ(next->page(3).worker.requests.get(), 8U);
  next->prepare_page(4);
  EXPECT_TRUE(StatsArea::open(duplicate(next->fd()), 4));
}

TEST(StatsArea, IsNotAdoptedFromAnotherBuild) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  const auto refused = [](UniqueFd memory) {
    const auto adopted = StatsArea::adopt(std::move(memory));
    return !adopted && is_other_build(adopted.error());
  };
  EXPECT_TRUE(refused(UniqueFd(::open("/dev/null", O_RDWR))));
  EXPECT_TRUE(refused(UniqueFd(::memfd_create("other", MFD_CLOEXEC))));
  // As large, and nothing says that it is laid out alike.
  const UniqueFd other(::memfd_create("other", MFD_CLOEXEC));
  struct stat status {};
  ASSERT_EQ(::fstat(area->fd(), &status), 0);
  ASSERT_EQ(::ftruncate(other.get(), status.st_size), 0);
  EXPECT_TRUE(refused(duplicate(other.get())));
  EXPECT_FALSE(refused(duplicate(area->fd())));
}

TEST(StatsAreaDeathTest, AbortsWhenAWorkerAsksForWhatIsKept) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  area->prepare_page(0);
  auto worker = StatsArea::open(duplicate(area->fd()), 0);
  ASSERT_TRUE(worker);
  EXPECT_DEATH(worker->kept(), "");
}

TEST(StatsAreaDeathTest, AbortsWhenAWorkerWritesAForeignPage) {
  auto area = StatsArea::create();
  ASSERT_TRUE(area);
  area->prepare_page(0);
  auto worker = StatsArea::open(duplicate(area->fd()), 0);
  ASSERT_TRUE(worker);
  EXPECT_DEATH(worker->writable_page(1), "");
}

}  // namespace
}  // namespace demo
