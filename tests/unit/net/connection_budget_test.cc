#include "net/connection_budget.h"

#include <gtest/gtest.h>

#include "quota/quota_keeper.h"
#include "unit/quota/shared_area.h"

namespace demo {
namespace {

// Two workers of a daemon whose limit of clients is reached.
class ConnectionBudgetTest : public testing::Test {
 protected:
  ConnectionBudgetTest() {
    keeper_.take_seat(0);
    keeper_.take_seat(1);
    QuotaKeeper::Limits limits{};
    limits[kClientGate] = 4;
    keeper_.set_limits(limits);
    first_.share(true);
    second_.share(true);
    for (int i = 0; i < 3; ++i) open(first_);
    open(second_);
  }
  static void open(ConnectionBudget& budget) {
    ASSERT_TRUE(budget.take());
    budget.opened();
  }

  QuotaKeeper keeper_{QuotaArea::create(2).value()};
  QuotaArea area_ = test::shared_area(keeper_.area());
  Quota first_quota_{area_, 0};
  Quota second_quota_{area_, 1};
  ConnectionBudget first_{10, &first_quota_};
  ConnectionBudget second_{10, &second_quota_};
};

TEST_F(ConnectionBudgetTest, WhoStandsInLineGoesFirst) {
  first_.stand_in_line(1);
  second_.closed();
  EXPECT_FALSE(second_.take());
  EXPECT_TRUE(first_.take());
}

TEST_F(ConnectionBudgetTest, WhoReachesItsOwnLimitInLineHoldsNobodyUp) {
  first_.stand_in_line(1);
  first_.set_limit(3);
  EXPECT_FALSE(first_.in_line());
  second_.closed();
  EXPECT_FALSE(first_.take());
  EXPECT_TRUE(second_.take());
}

}  // namespace
}  // namespace demo
