#include <gtest/gtest.h>

#include "proxy/members/ejection_record.h"
#include "proxy/members/retry_budget.h"
#include "proxy/members/retry_policy.h"
#include "proxy/members/slow_start.h"

namespace demo {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kSecond = 1'000'000'000;

TEST(RetryPolicy, AFailedConnectMayAlwaysGoElsewhere) {
  EXPECT_TRUE(may_retry({AttemptFailure::kConnectRefused, false, false, true, 1}));
  EXPECT_TRUE(may_retry({AttemptFailure::kConnectTimeout, false, false, true, 1}));
}

TEST(RetryPolicy, ARequestThatWasSentGoesAgainOnlyWhenIdempotent) {
  EXPECT_TRUE(may_retry({AttemptFailure::kClosedEarly, true, true, true, 1}));
  EXPECT_FALSE(may_retry({AttemptFailure::kClosedEarly, false, true, true, 1}));
  EXPECT_TRUE(may_retry({AttemptFailure::kClosedEarly, false, false, true, 1}));
}

TEST(RetryPolicy, ABodyThatIsGoneCannotGoAgain) {
  EXPECT_FALSE(may_retry({AttemptFailure::kClosedEarly, true, true, false, 1}));
}

TEST(RetryPolicy, ABackendThatHadTheRequestIsNotAskedAgain) {
  EXPECT_FALSE(may_retry({AttemptFailure::kHeadTimeout, true, true, true, 1}));
  EXPECT_TRUE(may_retry({AttemptFailure::kSpokeFirst, false, false, true, 1}));
  EXPECT_FALSE(may_retry({AttemptFailure::kSpokeFirst, false, false, true, kAttemptsPerRequest}));
}

TEST(RetryPolicy, AttemptsAreLimited) {
  EXPECT_TRUE(may_retry({AttemptFailure::kConnectRefused, true, false, true, kAttemptsPerRequest - 1}));
  EXPECT_FALSE(may_retry({AttemptFailure::kConnectRefused, true, false, true, kAttemptsPerRequest}));
}

TEST(RetryBudget, HasAReserveThatTimeFills) {
  RetryBudget budget(0, 2, 1);
  EXPECT_TRUE(budget.take(kSecond));
  EXPECT_TRUE(budget.take(kSecond));
  EXPECT_FALSE(budget.take(kSecond));
  EXPECT_FALSE(budget.take(kSecond + kSecond / 2));
  EXPECT_TRUE(budget.take(kSecond * 2 + kSecond / 100));
  EXPECT_FALSE(budget.take(kSecond * 2 + kSecond / 100));
}

TEST(RetryBudget, EarnsAShareOfTheRequests) {
  RetryBudget budget(20, 1, 0);
  EXPECT_TRUE(budget.take(1));
  for (int i = 0; i < 4; ++i) budget.count_request();
  EXPECT_FALSE(budget.take(1));
  budget.count_request();
  EXPECT_TRUE(budget.take(1));
}

TEST(RetryBudget, SavesNoMoreThanItsReserve) {
  RetryBudget budget(100, 3, 1000);
  for (int i = 0; i < 1000; ++i) budget.count_request();
  int taken = 0;
  while (budget.take(kSecond)) ++taken;
  EXPECT_EQ(taken, 3);
}

TEST(EjectionRecord, EjectsAfterFailuresInARow) {
  Ejection rules;
  rules.consecutive_failures = 3;
  EjectionRecord record;
  EXPECT_FALSE(record.failed(rules));
  EXPECT_FALSE(record.failed(rules));
  record.succeeded();
  EXPECT_FALSE(record.failed(rules));
  EXPECT_FALSE(record.failed(rules));
  EXPECT_TRUE(record.failed(rules));
  EXPECT_EQ(record.failures(), 3U);
  record.eject(rules, kSecond);
  record.take_back();
  EXPECT_TRUE(record.failed(rules));
  EXPECT_EQ(record.failures(), 4U) << "in a row, whatever was between";
}

TEST(EjectionRecord, IsOffWithoutALimit) {
  Ejection rules;
  rules.consecutive_failures = 0;
  EjectionRecord record;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(record.failed(rules));
}

TEST(EjectionRecord, GrowsWithEachTimeInARowUpToALimit) {
  Ejection rules;
  rules.consecutive_failures = 2;
  rules.base_time = seconds(5);
  rules.max_time = seconds(12);
  EjectionRecord record;
  record.eject(rules, kSecond);
  EXPECT_TRUE(record.ejected());
  EXPECT_EQ(record.until_ns(), kSecond + 5 * kSecond);
  record.take_back();
  EXPECT_TRUE(record.failed(rules)) << "the first request after its return decides";
  record.eject(rules, 0);
  EXPECT_EQ(record.until_ns(), 10 * kSecond);
  record.take_back();
  record.eject(rules, 0);
  EXPECT_EQ(record.until_ns(), 12 * kSecond);
}

TEST(EjectionRecord, GoesOnWhereAnotherOneWas) {
  Ejection rules;
  rules.consecutive_failures = 3;
  rules.base_time = seconds(5);
  rules.max_time = seconds(60);
  EjectionRecord record;
  record.eject_until(rules, 4, 9 * kSecond);  // its second ejection in a row
  EXPECT_TRUE(record.ejected());
  EXPECT_EQ(record.until_ns(), 9 * kSecond);
  EXPECT_EQ(record.failures(), 4U);
  record.take_back();
  EXPECT_TRUE(record.failed(rules));
  EXPECT_EQ(record.failures(), 5U);
  record.eject(rules, 0);
  EXPECT_EQ(record.until_ns(), 15 * kSecond) << "the third";
}

TEST(EjectionRecord, ASuccessAfterItsReturnForgivesTheRounds) {
  Ejection rules;
  rules.consecutive_failures = 1;
  rules.base_time = seconds(5);
  EjectionRecord record;
  record.eject(rules, 0);
  record.succeeded();  // of a request that was under way
  EXPECT_TRUE(record.ejected());
  record.take_back();
  record.succeeded();
  record.eject(rules, 0);
  EXPECT_EQ(record.until_ns(), 5 * kSecond);
}

TEST(SlowStart, GrowsFromATenthToTheWhole) {
  EXPECT_EQ(slow_start_weight(10, seconds(10), kSecond, kSecond), 10U * 10);
  EXPECT_NEAR(slow_start_weight(10, seconds(10), kSecond, 6 * kSecond), 10U * 50, 10);
  EXPECT_EQ(slow_start_weight(10, seconds(10), kSecond, 11 * kSecond), 10U * kWeightScale);
}

TEST(SlowStart, LeavesOthersAlone) {
  EXPECT_EQ(slow_start_weight(3, seconds(0), kSecond, kSecond), 3U * kWeightScale);
  EXPECT_EQ(slow_start_weight(3, seconds(10), 0, kSecond), 3U * kWeightScale);
  EXPECT_EQ(slow_start_weight(0, seconds(10), kSecond, kSecond), 0U);
}

}  // namespace
}  // namespace demo
