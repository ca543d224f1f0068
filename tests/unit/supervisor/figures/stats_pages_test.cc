#include "supervisor/figures/stats_pages.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace demo {
namespace {

class StatsPagesTest : public testing::Test {
 protected:
  std::vector<unsigned> live() const {
    std::vector<unsigned> pages;
    for (unsigned n = 0; n < area_.live_pages(); ++n) pages.push_back(area_.live_page(n));
    return pages;
  }

  StatsArea area_ = std::move(*StatsArea::create());
  StatsPages pages_{area_};
};

TEST_F(StatsPagesTest, GivesTheLowestPageThatIsFree) {
  EXPECT_EQ(pages_.take(), 0U);
  EXPECT_EQ(pages_.take(), 1U);
  pages_.give_back(0);
  EXPECT_EQ(live(), (std::vector<unsigned>{1}));
  EXPECT_EQ(pages_.take(), 0U);
  EXPECT_EQ(live(), (std::vector<unsigned>{0, 1}));
}

TEST_F(StatsPagesTest, HasNoMoreThanTheAreaHas) {
  for (unsigned page = 0; page < StatsArea::kPages; ++page) EXPECT_EQ(pages_.take(), page);
  EXPECT_FALSE(pages_.take());
}

TEST_F(StatsPagesTest, ClearsWhatIsGivenBack) {
  const unsigned page = pages_.take().value();
  area_.writable_page(page).worker.requests.add(5);
  pages_.give_back(page);
  EXPECT_EQ(area_.page(page).worker.requests.get(), 0U);
}

TEST_F(StatsPagesTest, LeavesAdoptedPagesToThoseWhoWriteThem) {
  area_.prepare_page(1);
  area_.writable_page(1).worker.requests.add(5);
  pages_.adopt(std::vector<unsigned>{1, 3});
  EXPECT_EQ(live(), (std::vector<unsigned>{1, 3}));
  EXPECT_EQ(pages_.take(), 0U);
  EXPECT_EQ(pages_.take(), 2U);
  EXPECT_EQ(pages_.take(), 4U);
  EXPECT_EQ(area_.page(1).worker.requests.get(), 5U);
  pages_.give_back(1);
  EXPECT_EQ(pages_.take(), 1U);
}

TEST_F(StatsPagesTest, NobodyIsLeftAliveWhereNothingIsAdopted) {
  area_.set_live_pages(std::vector<unsigned>{7});
  pages_.adopt({});
  EXPECT_EQ(live(), std::vector<unsigned>());
}

}  // namespace
}  // namespace demo
