#include "text/duration_text.h"

#include <gtest/gtest.h>

#include <limits>

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
  for (std::int64_t ms = 0; ms < 604'800'000; ms = ms * 3 + 1) {
    EXPECT_EQ(parse_duration(format_milliseconds(ms)), ms * 1'000'000);
  }
}

TEST(DurationText, SaysMillisecondsAsNanoseconds) {
  EXPECT_EQ(format_milliseconds(0), "0s");
  EXPECT_EQ(format_milliseconds(1), "1ms");
  EXPECT_EQ(format_milliseconds(1500), "1500ms");
  EXPECT_EQ(format_milliseconds(90'000), "90s");
  EXPECT_EQ(format_milliseconds(60'000), "1m");
  EXPECT_EQ(format_milliseconds(3'600'000), "1h");
  EXPECT_EQ(format_milliseconds(86'400'000), "1d");
  EXPECT_EQ(format_milliseconds(-5), "-5ms");
  EXPECT_EQ(format_milliseconds(std::numeric_limits<std::int64_t>::max()), "9223372036854775807ms");
}

TEST(DurationText, ReadsEveryUnitAloneAndTogether) {
  constexpr std::int64_t kMillisecond = 1'000'000;
  EXPECT_EQ(parse_duration("500ms"), 500 * kMillisecond);
  EXPECT_EQ(parse_duration("15s"), 15'000 * kMillisecond);
  EXPECT_EQ(parse_duration("5m"), 300'000 * kMillisecond);
  EXPECT_EQ(parse_duration("2h"), 7'200'000 * kMillisecond);
  EXPECT_EQ(parse_duration("7d"), 604'800'000 * kMillisecond);
  EXPECT_EQ(parse_duration("1m30s"), 90'000 * kMillisecond);
  EXPECT_EQ(parse_duration("1s500ms"), 1500 * kMillisecond);
  EXPECT_EQ(parse_duration("1us"), 1000);
  EXPECT_EQ(parse_duration("0"), 0);
  EXPECT_EQ(parse_duration("0s"), 0);
}

TEST(DurationText, RefusesEverythingElse) {
  for (const char* text : {"", "30", "15", "s", "15 s", " 15s", "15s ", "-1s", "+1s", "1.5s", "15S", "15sec",
                           "30s1m", "1s1m", "1s1s", "99999999999999999999s", "9223372037s", "1e3s", "00x"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace demo::text
