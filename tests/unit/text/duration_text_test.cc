#include "text/duration_text.h"

#include <gtest/gtest.h>

namespace demo::text {
namespace {

TEST(DurationText, UsesTheLargestUnitThatLosesNothing) {
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(90'000'000'000), "90s");
  EXPECT_EQ(format_duration(300'000'000'000), "5m");
  EXPECT_EQ(format_duration(1'500'000'000), "1500ms");
}

TEST(DurationText, IsReadBack) {
  for (const std::int64_t value : {0L, 1L, 50'000L, 1'234'000'000L, 604'800'000'000'000L}) {
    EXPECT_EQ(parse_duration(format_duration(value)), value);
  }
  EXPECT_EQ(parse_duration("1m30s"), 90'000'000'000);
  EXPECT_FALSE(parse_duration("30"));
  EXPECT_FALSE(parse_duration("1s1m"));
  EXPECT_FALSE(parse_duration("-1s"));
}

}  // namespace
}  // namespace demo::text
