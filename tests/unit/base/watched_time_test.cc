#include "base/watched_time.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

TEST(WatchedTime, GoesWithTheClockWhileItIsLookedAt) {
  WatchedTime time;
  EXPECT_EQ(time.look(100 * kSecond), 0U);
  EXPECT_EQ(time.look(101 * kSecond), kSecond);
  EXPECT_EQ(time.look(102 * kSecond), 2 * kSecond);
}

TEST(WatchedTime, DoesNotCountWhatNobodySaw) {
  WatchedTime time;
  time.look(100 * kSecond);
  EXPECT_EQ(time.look(4000 * kSecond), WatchedTime::kCountedNs);
  EXPECT_EQ(time.look(4001 * kSecond), WatchedTime::kCountedNs + kSecond);
}

TEST(WatchedTime, GoesOnForWhoIsAsSlowAsSomebodyWhoWasStopped) {
  WatchedTime time;
  for (std::uint64_t look = 0; look <= 100; ++look) time.look(3 * look * kSecond);
  EXPECT_EQ(time.look(303 * kSecond), 101 * WatchedTime::kCountedNs);
}

TEST(StandStill, LastsUntilTheValueIsAnother) {
  StandStill still;
  EXPECT_EQ(still.lasts(7, 5), 0U);
  EXPECT_EQ(still.lasts(7, 15), 10U);
  EXPECT_EQ(still.lasts(8, 16), 0U);
  EXPECT_EQ(still.lasts(8, 18), 2U);
}

TEST(StandStill, BeginsAnewWhenItWasForgotten) {
  StandStill still;
  still.lasts(7, 5);
  still.forget();
  EXPECT_EQ(still.lasts(7, 15), 0U);
}

TEST(StandStill, OfSomethingThatWasStoppedTogetherWithItsWatcherIsShort) {
  WatchedTime time;
  StandStill still;
  still.lasts(1, time.look(100 * kSecond));
  EXPECT_EQ(still.lasts(1, time.look(112 * kSecond)), WatchedTime::kCountedNs);
  EXPECT_EQ(still.lasts(2, time.look(113 * kSecond)), 0U);
}

}  // namespace
}  // namespace demo
