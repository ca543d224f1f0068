#include "text_kind.h"

#include <gtest/gtest.h>

#include <string>

namespace demo::ctl {
namespace {

TEST(TextKind, IsToldByTheBeginning) {
  for (const char* toml : {"# a comment\n", "[workers]\n", "\n\n[[listener]]\n", "a = 1\n", "\"a\" = 1",
                           "a.b=1", "\xef\xbb\xbfmax_connections = 5\n", "[pool.\"x\"]", "[truer]"}) {
    EXPECT_TRUE(begins_like_toml(toml)) << toml;
    EXPECT_FALSE(begins_like_json(toml)) << toml;
  }
  for (const char* json : {"{}", " \n{\"a\": 1}", "\xef\xbb\xbf{"}) {
    EXPECT_TRUE(begins_like_json(json)) << json;
    EXPECT_FALSE(begins_like_toml(json)) << json;
  }
  for (const char* neither : {"", "  ", "[1, 2]", "\"a\"", "12", "true", "[\"a\"],", "null", "listeners: []",
                              "= 1", "[\"a\"]", "[1]", "[-1.5]", "[true]", "[[false]]", "[null]\n", "[]"}) {
    EXPECT_FALSE(begins_like_json(neither)) << neither;
    EXPECT_FALSE(begins_like_toml(neither)) << neither;
  }
}

TEST(TextKind, HasAPlaceForWhatIsNotUtf8) {
  EXPECT_EQ(place_of_no_utf8("\xff\xfe"), "1:1");
  EXPECT_EQ(place_of_no_utf8("a = 1\n\nb = \"\xc3\xa4\xff\"\n"), "3:7");
  EXPECT_EQ(place_of_no_utf8("b = \"\xc3\xa4\"\n"), "");
  EXPECT_EQ(place_of_no_utf8(""), "");
}

}  // namespace
}  // namespace demo::ctl
