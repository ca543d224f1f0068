#include "server/shape_query.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(ShapeQuery, ReadsEveryParameter) {
  const ResponseShape shape = parse_shape_query("/a?s=20k&r=404&t=500&c=1&chunked=1");
  EXPECT_EQ(shape,
            (ResponseShape{.size = 20480, .status = 404, .delay_ms = 500, .close = true, .chunked = true}));
  EXPECT_TRUE(shape.any());
}

TEST(ShapeQuery, IsEmptyWithoutAQueryOrWithOthersParameters) {
  for (const char* target : {"/", "/?", "/s=1", "*", "", "/?x=1&S=2", "/?s", "/?&&", "/?=1"}) {
    EXPECT_FALSE(parse_shape_query(target).any()) << target;
  }
}

TEST(ShapeQuery, ReadsSizesWithSuffixesUpToOneGibibyte) {
  EXPECT_EQ(parse_shape_query("/?s=0").size, 0U);
  EXPECT_EQ(parse_shape_query("/?s=3").size, 3U);
  EXPECT_EQ(parse_shape_query("/?s=2M").size, 2U << 20);
  EXPECT_EQ(parse_shape_query("/?s=1g").size, 1U << 30);
  EXPECT_EQ(parse_shape_query("/?s=1073741824").size, 1U << 30);
  EXPECT_EQ(parse_shape_query("/?s=1048576k").size, 1U << 30);
}

TEST(ShapeQuery, IgnoresValuesOutOfRangeAndWhatIsNoNumber) {
  for (const char* query : {"s=",     "s=k",          "s=-1",       "s=+1",  "s=1kk",
                            "s=1x",   "s=1073741825", "s=1048577k", "s=2g",  "s=18446744073709551616",
                            "s=0x10", "r=199",        "r=600",      "r=abc", "r=",
                            "t=-1",   "t=60001",      "t=1s",       "c=2",   "c=",
                            "c=yes",  "chunked=x"}) {
    EXPECT_FALSE(parse_shape_query(std::string("/?") + query).any()) << query;
  }
  EXPECT_EQ(parse_shape_query("/?r=200").status, 200U);
  EXPECT_EQ(parse_shape_query("/?r=599").status, 599U);
  EXPECT_EQ(parse_shape_query("/?t=60000").delay_ms, 60000U);
}

TEST(ShapeQuery, TakesTheLastOfARepeatedParameter) {
  EXPECT_EQ(parse_shape_query("/?s=1&s=2").size, 2U);
  EXPECT_EQ(parse_shape_query("/?s=1&s=x").size, 1U);
  EXPECT_FALSE(parse_shape_query("/?c=1&c=0").close);
}

}  // namespace
}  // namespace demo
