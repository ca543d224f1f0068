#include "format/sparkline.h"

#include <gtest/gtest.h>

#include "format/text_width.h"

namespace demo::ctl {
namespace {

TEST(Sparkline, ScalesToTheLargestValueShown) {
  EXPECT_EQ(sparkline({1, 2, 4, 8}, 4, true), "\u2581\u2582\u2584\u2588");
  EXPECT_EQ(sparkline({1, 2, 4, 8}, 4, false), ".:=#");
}

TEST(Sparkline, ShowsTheNewestValuesOnTheRight) {
  EXPECT_EQ(sparkline({100, 1, 1}, 2, false), "##");
  EXPECT_EQ(sparkline({5}, 3, false), "  #");
}

TEST(Sparkline, LeavesZeroBlankAndIsAlwaysAsWideAsAsked) {
  EXPECT_EQ(sparkline({0, 3, 0}, 3, false), " # ");
  EXPECT_EQ(text_width(sparkline({}, 7, true)), 7U);
  EXPECT_EQ(text_width(sparkline({0, 0.001, 1e12}, 3, true)), 3U);
}

}  // namespace
}  // namespace demo::ctl
