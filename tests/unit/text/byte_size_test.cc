#include "text/byte_size.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

namespace demo::text {
namespace {

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
                           "17179869184g", "18446744073709551615k", "20kb", " 1", "1 ", "0x10"}) {
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
}  // namespace demo::text
