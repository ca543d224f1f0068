#include "supervisor/backends/failure_watch.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

using FailureChange = FailureWatch::Change;

class FailureWatchTest : public testing::Test {
 protected:
  // One look a second. failed_ms: what those that failed took together.
  FailureChange look(std::uint64_t succeeded, std::uint64_t failed, std::uint64_t failed_ms = 0) {
    now_ns_ += 1'000'000'000;
    return watch_.feed(now_ns_, {succeeded, failed, failed_ms});
  }
  // So many requests fail, one after the other: pause_s after the end of the one before the next begins.
  // Whether that was taken for failing.
  bool fail_slowly(unsigned requests, unsigned took_s, unsigned pause_s) {
    for (unsigned request = 0; request < requests; ++request) {
      for (unsigned second = 0; second + 1 < took_s + pause_s; ++second)
        look(succeeded_, failed_, failed_ms_);
      look(succeeded_, ++failed_, failed_ms_ += took_s * 1000);
    }
    return watch_.failing();
  }

  FailureWatch watch_;
  std::uint64_t succeeded_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t failed_ms_ = 0;
  std::uint64_t now_ns_ = 1'000'000'000'000;
};

TEST_F(FailureWatchTest, BeginsWithTheThirdOfFailuresAlone) {
  EXPECT_EQ(look(0, 0), FailureChange::kNone);
  EXPECT_EQ(look(0, 2), FailureChange::kNone);
  EXPECT_EQ(look(0, 3), FailureChange::kBegan);
  EXPECT_TRUE(watch_.failing());
  EXPECT_EQ(watch_.failures(), 3U);
}

TEST_F(FailureWatchTest, BeginsWithTheFirstLookWhenAllWasFailure) {
  EXPECT_EQ(look(0, 3), FailureChange::kBegan);
}

TEST_F(FailureWatchTest, BeginsAnewAfterAPause) {
  look(0, 100);
  watch_.pause();
  EXPECT_FALSE(watch_.failing());
  EXPECT_EQ(look(0, 200), FailureChange::kNone);
  EXPECT_EQ(watch_.failures(), 0U);
  EXPECT_EQ(look(0, 202), FailureChange::kNone);
  EXPECT_EQ(look(0, 203), FailureChange::kBegan);
  EXPECT_EQ(watch_.failures(), 3U);
}

TEST_F(FailureWatchTest, SaysEachChangeOnce) {
  look(0, 3);
  for (std::uint64_t failed = 4; failed < 100; ++failed) EXPECT_EQ(look(0, failed), FailureChange::kNone);
  EXPECT_EQ(watch_.failures(), 99U);
  EXPECT_EQ(look(1, 99), FailureChange::kEnded);
  EXPECT_FALSE(watch_.failing());
  EXPECT_EQ(look(2, 99), FailureChange::kNone);
}

TEST_F(FailureWatchTest, SuccessWithinTenSecondsKeepsItFromBeginning) {
  look(1, 0);
  for (int second = 0; second < 9; ++second) EXPECT_EQ(look(1, 3), FailureChange::kNone) << second;
  look(2, 3);
  EXPECT_EQ(look(2, 6), FailureChange::kNone);
  for (int second = 0; second < 8; ++second) EXPECT_EQ(look(2, 6), FailureChange::kNone) << second;
  // Ten seconds after the last success there is nothing but what failed since.
  EXPECT_EQ(look(2, 6), FailureChange::kBegan);
}

TEST_F(FailureWatchTest, FewFailuresInALongTimeAreNone) {
  for (const unsigned took_s : {0U, 5U, 30U}) {
    EXPECT_FALSE(fail_slowly(10, took_s, 60)) << took_s;
    EXPECT_FALSE(fail_slowly(10, took_s, 12)) << took_s;
  }
  EXPECT_FALSE(fail_slowly(1, 5, 12));
  EXPECT_FALSE(fail_slowly(1, 5, 0));
  EXPECT_TRUE(fail_slowly(1, 5, 0));
}

TEST_F(FailureWatchTest, FailuresCountHoweverLongTheyTake) {
  for (const unsigned took_s : {1U, 5U, 15U, 60U, 300U}) {
    for (const unsigned pause_s : {0U, 5U, 9U}) {
      watch_ = {};
      failed_ = failed_ms_ = 0;
      EXPECT_FALSE(fail_slowly(2, took_s, pause_s)) << took_s << ' ' << pause_s;
      EXPECT_TRUE(fail_slowly(1, took_s, pause_s)) << took_s << ' ' << pause_s;
    }
  }
}

TEST_F(FailureWatchTest, SlowFailuresAreARowOnlyWithoutSuccessBetween) {
  EXPECT_FALSE(fail_slowly(2, 5, 0));
  ++succeeded_;
  EXPECT_FALSE(fail_slowly(2, 5, 0));
  EXPECT_TRUE(fail_slowly(1, 5, 0));
  EXPECT_EQ(watch_.failures(), 3U);
}

// A request that is tried again where it failed counts once, and lasts until its last attempt has failed.
TEST_F(FailureWatchTest, RequestLastsUntilItsLastAttemptHasFailed) {
  for (int request = 0; request < 3; ++request) {
    EXPECT_FALSE(watch_.failing());
    ++failed_;
    for (int attempt = 0; attempt < 3; ++attempt) {
      for (int second = 0; second < 8; ++second) look(0, failed_, failed_ms_);
      look(0, failed_, failed_ms_ += 9000);
    }
  }
  EXPECT_TRUE(watch_.failing());
}

TEST_F(FailureWatchTest, LastsWithoutRequestsUntilOneSucceeds) {
  look(0, 3);
  for (int second = 0; second < 100; ++second) look(0, 3);
  EXPECT_TRUE(watch_.failing());
  EXPECT_EQ(look(1, 3), FailureChange::kEnded);
}

TEST_F(FailureWatchTest, TotalReadWhileItGrowsIsNoSuccess) {
  look(5, 0);
  for (int second = 0; second < 11; ++second) look(5, 0);
  EXPECT_EQ(look(4, 3), FailureChange::kBegan);
  EXPECT_EQ(look(5, 4), FailureChange::kNone);
  EXPECT_EQ(look(6, 4), FailureChange::kEnded);
}

}  // namespace
}  // namespace demo
