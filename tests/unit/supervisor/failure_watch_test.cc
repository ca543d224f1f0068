#include "supervisor/failure_watch.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

using Change = FailureWatch::Change;

class FailureWatchTest : public testing::Test {
 protected:
  // One look a second.
  Change look(std::uint64_t succeeded, std::uint64_t failed) {
    now_ns_ += 1'000'000'000;
    return watch_.feed(now_ns_, {succeeded, failed});
  }

  FailureWatch watch_;
  std::uint64_t now_ns_ = 1'000'000'000'000;
};

TEST_F(FailureWatchTest, BeginsWithTheThirdOfFailuresAlone) {
  EXPECT_EQ(look(0, 0), Change::kNone);
  EXPECT_EQ(look(0, 2), Change::kNone);
  EXPECT_EQ(look(0, 3), Change::kBegan);
  EXPECT_TRUE(watch_.failing());
  EXPECT_EQ(watch_.failures(), 3U);
}

TEST_F(FailureWatchTest, BeginsWithTheFirstLookWhenAllWasFailure) { EXPECT_EQ(look(0, 3), Change::kBegan); }

TEST_F(FailureWatchTest, BeginsAnewAfterAPause) {
  look(0, 100);
  watch_.pause();
  EXPECT_FALSE(watch_.failing());
  EXPECT_EQ(look(0, 200), Change::kNone);
  EXPECT_EQ(watch_.failures(), 0U);
  EXPECT_EQ(look(0, 202), Change::kNone);
  EXPECT_EQ(look(0, 203), Change::kBegan);
  EXPECT_EQ(watch_.failures(), 3U);
}

TEST_F(FailureWatchTest, SaysEachChangeOnce) {
  look(0, 3);
  for (std::uint64_t failed = 4; failed < 100; ++failed) EXPECT_EQ(look(0, failed), Change::kNone);
  EXPECT_EQ(watch_.failures(), 99U);
  EXPECT_EQ(look(1, 99), Change::kEnded);
  EXPECT_FALSE(watch_.failing());
  EXPECT_EQ(look(2, 99), Change::kNone);
}

TEST_F(FailureWatchTest, SuccessWithinTenSecondsKeepsItFromBeginning) {
  look(1, 0);
  for (int second = 0; second < 9; ++second) EXPECT_EQ(look(1, 3), Change::kNone) << second;
  look(2, 3);
  EXPECT_EQ(look(2, 6), Change::kNone);
  for (int second = 0; second < 8; ++second) EXPECT_EQ(look(2, 6), Change::kNone) << second;
  // Ten seconds after the last success there is nothing but what failed since.
  EXPECT_EQ(look(2, 6), Change::kBegan);
}

TEST_F(FailureWatchTest, FewFailuresInALongTimeAreNone) {
  std::uint64_t failed = 0;
  for (int second = 0; second < 100; ++second) {
    if (second % 6 == 0) ++failed;
    EXPECT_EQ(look(0, failed), Change::kNone) << second;
  }
}

TEST_F(FailureWatchTest, LastsWithoutRequestsUntilOneSucceeds) {
  look(0, 3);
  for (int second = 0; second < 100; ++second) look(0, 3);
  EXPECT_TRUE(watch_.failing());
  EXPECT_EQ(look(1, 3), Change::kEnded);
}

TEST_F(FailureWatchTest, TotalReadWhileItGrowsIsNoSuccess) {
  look(5, 0);
  for (int second = 0; second < 11; ++second) look(5, 0);
  EXPECT_EQ(look(4, 3), Change::kBegan);
  EXPECT_EQ(look(5, 4), Change::kNone);
  EXPECT_EQ(look(6, 4), Change::kEnded);
}

}  // namespace
}  // namespace demo
