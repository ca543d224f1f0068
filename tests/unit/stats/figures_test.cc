#include <gtest/gtest.h>

#include <algorithm>
#include <boost/pfr/core.hpp>
#include <cstdint>
#include <limits>
#include <set>
#include <string>

#include "stats/backend_figures.h"
#include "stats/listener_figures.h"
#include "stats/stats_page.h"
#include "stats/worker_figures.h"

namespace demo {
namespace {

template <typename Numbers>
class ListOfFigures : public testing::Test {};
using Kinds = testing::Types<WorkerFigures, ListenerFigures, BackendFigures>;
TYPED_TEST_SUITE(ListOfFigures, Kinds);

// A number that no list has would be counted and never told.
TYPED_TEST(ListOfFigures, HasEveryNumberOnce) {
  TypeParam numbers;
  std::set<const std::uint64_t*> listed;
  std::set<std::string_view> names;
  for (const auto& figure : kFiguresOf<TypeParam>) {
    EXPECT_TRUE(listed.insert(&(numbers.*figure.member)).second) << figure.name;
    EXPECT_TRUE(names.insert(figure.name).second) << figure.name;
    EXPECT_TRUE(figure.help.ends_with('.')) << figure.name;
  }
  std::size_t index = 0;
  boost::pfr::for_each_field(numbers, [&](const std::uint64_t& number) {
    ++index;
    EXPECT_TRUE(listed.contains(&number)) << "number " << index;
  });
  // In the order in which a page has them, so that the layout's number tells of another order.
  EXPECT_TRUE(std::ranges::is_sorted(kFiguresOf<TypeParam>, {},
                                     [&](const auto& figure) { return &(numbers.*figure.member); }));
}

// A reader of another build would look for a figure in another's place.
TEST(LayoutOfAPage, IsAnotherForEachDifferenceOfItsShape) {
  for (std::size_t i = 0; i < StatsPage::kShape.size(); ++i) {
    StatsPage::Shape shape = StatsPage::kShape;
    ++shape[i];
    EXPECT_NE(StatsPage::layout_of(shape), kStatsLayout) << i;
  }
}

TEST(LayoutOfAPage, DependsOnEverySizeInIt) {
  for (const std::uint64_t size :
       {std::uint64_t{limits::kListeners}, std::uint64_t{limits::kBackendMembers},
        std::uint64_t{Histogram::kBuckets}, std::uint64_t{sizeof(WorkerStats)},
        std::uint64_t{sizeof(ListenerStats)}, std::uint64_t{sizeof(BackendStats)}}) {
    EXPECT_TRUE(std::ranges::count(StatsPage::kShape, size) > 0) << size;
  }
}

TEST(JoinedFigures, KeepWhatTheirKindSays) {
  EXPECT_EQ(joined(FigureKind::kCounter, 3, 4), 7U);
  EXPECT_EQ(joined(FigureKind::kGauge, 3, 4), 7U);
  EXPECT_EQ(joined(FigureKind::kLatest, 3, 4), 4U);
  EXPECT_EQ(joined(FigureKind::kMost, 3, 4), 4U);
  EXPECT_EQ(joined(FigureKind::kLeast, 3, 4), 3U);
  EXPECT_EQ(joined(FigureKind::kLeast, 0, 4), 4U);
  EXPECT_EQ(joined(FigureKind::kLeast, 3, 0), 3U);
}

TEST(AddedFigures, AreThoseOfTheWantedKinds) {
  BackendStats page;
  page.requests.add(5);
  page.queued.add(2);
  BackendFigures sums;
  add_figures(sums, page, is_counter);
  EXPECT_EQ(sums.requests, 5U);
  EXPECT_EQ(sums.queued, 0U);
  add_figures(sums, page, is_gauge);
  EXPECT_EQ(sums.queued, 2U);
  zero_gauges_of(page);
  EXPECT_EQ(page.requests.get(), 5U);
  EXPECT_EQ(page.queued.get(), 0U);
}

TEST(CountedFigures, AreAnyThatIsNotZero) {
  BackendFigures figures;
  EXPECT_FALSE(counts_anything(figures));
  for (const auto& figure : kFiguresOf<BackendFigures>) {
    figures.*figure.member = 1;
    EXPECT_TRUE(counts_anything(figures)) << figure.name;
    figures.*figure.member = 0;
  }
}

}  // namespace
}  // namespace demo
