#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "base/limits.h"
#include "config/byte_size.h"
#include "config/duration.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

TEST(Duration, ReadsEveryUnitAloneAndTogether) {
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("15s"), milliseconds(15'000));
  EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
  EXPECT_EQ(parse_duration("2h"), milliseconds(7'200'000));
  EXPECT_EQ(parse_duration("7d"), milliseconds(limits::kConfiguredTimeMax));
  EXPECT_EQ(parse_duration("1m30s"), milliseconds(90'000));
  EXPECT_EQ(parse_duration("1s500ms"), milliseconds(1500));
  EXPECT_EQ(parse_duration("0"), milliseconds(0));
  EXPECT_EQ(parse_duration("0s"), milliseconds(0));
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text :
       {"",     "15",    "s",   "15 s",  " 15s", "15s ", "-1s",   "+1s",         "1.5s",
        "15S",  "15sec", "1us", "30s1m", "1s1s", "8d",   "7d1ms", "604800001ms", "99999999999999999999s",
        "1e3s", "00x"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, PrintsTheLargestUnitThatLosesNothing) {
  EXPECT_EQ(format_duration(milliseconds(0)), "0");
  EXPECT_EQ(format_duration(milliseconds(1)), "1ms");
  EXPECT_EQ(format_duration(milliseconds(1500)), "1500ms");
  EXPECT_EQ(format_duration(milliseconds(90'000)), "90s");
  EXPECT_EQ(format_duration(milliseconds(60'000)), "1m");
  EXPECT_EQ(format_duration(milliseconds(3'600'000)), "1h");
  EXPECT_EQ(format_duration(milliseconds(86'400'000)), "1d");
  EXPECT_EQ(format_duration(milliseconds(-5)), "-5ms");
}

TEST(Duration, ReadsBackWhatItPrints) {
  for (std::int64_t ms = 0; ms < 604'800'000; ms = ms * 3 + 1) {
    EXPECT_EQ(parse_duration(format_duration(milliseconds(ms))), milliseconds(ms));
  }
}

TEST(ByteSize, ReadsPowersOf1024InEitherCase) {
  EXPECT_EQ(parse_byte_size("0"), 0U);
  EXPECT_EQ(parse_byte_size("512"), 512U);
  EXPECT_EQ(parse_byte_size("20k"), 20'480U);
  EXPECT_EQ(parse_byte_size("20K"), 20'480U);
  EXPECT_EQ(parse_byte_size("1m"), 1'048'576U);
  EXPECT_EQ(parse_byte_size("1G"), 1'073'741'824U);
  EXPECT_EQ(parse_byte_size("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
}

TEST(ByteSize, RefusesEverythingElse) {
  for (const char* text : {"", "k", "-1", "+1", "1.5k", "1 k", "1kb", "1t", "18446744073709551616",
                           "17179869184g", " 1", "1 ", "0x10"}) {
    EXPECT_FALSE(parse_byte_size(text)) << text;
  }
}

TEST(ByteSize, PrintsTheLargestUnitThatLosesNothing) {
  EXPECT_EQ(format_byte_size(0), "0");
  EXPECT_EQ(format_byte_size(1000), "1000");
  EXPECT_EQ(format_byte_size(1024), "1k");
  EXPECT_EQ(format_byte_size(1536 * 1024), "1536k");
  EXPECT_EQ(format_byte_size(1ULL << 30), "1g");
  for (std::uint64_t size = 1; size < (1ULL << 40); size = size * 3 + 1) {
    EXPECT_EQ(parse_byte_size(format_byte_size(size)), size);
  }
}

}  // namespace
}  // namespace demo
