#include "text/utf8.h"

#include <gtest/gtest.h>

namespace demo::text {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, TakesWhatRfc3629Defines) {
  for (const auto text : {""sv, "plain"sv, "\0"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv,
                          "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

TEST(Utf8, RefusesEverythingElse) {
  for (const auto text : {"\xff"sv, "a\x80"sv, "\xc0\xaf"sv, "\xc1\xbf"sv, "\xc2"sv, "\xc2z"sv,
                          "\xe0\x9f\xbf"sv, "\xe2\x82"sv, "\xed\xa0\x80"sv, "\xf0\x8f\xbf\xbf"sv,
                          "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "caf\xe9.sock"sv}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(Utf8, AByteThatStartsNoCharacterIsAPieceOfItsOwn) {
  EXPECT_EQ(piece_size("\xc3\xa9"), 2U);
  EXPECT_EQ(piece_size("\xff\xff"), 1U);
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(whole_characters("abc", 3), 3U);
  EXPECT_EQ(whole_characters("abc", 2), 2U);
  EXPECT_EQ(whole_characters("a\u00e9", 2), 1U);
  EXPECT_EQ(whole_characters("a\u00e9", 3), 3U);
  EXPECT_EQ(whole_characters("\u20ac", 2), 0U);
}

TEST(Utf8, KnowsTheSizeOfACharacter) {
  EXPECT_EQ(utf8_size("a"), 1U);
  EXPECT_EQ(utf8_size("\u00e4"), 2U);
  EXPECT_EQ(utf8_size("\U0001f600"), 4U);
  EXPECT_EQ(utf8_size("\xff"), 0U);
  EXPECT_EQ(utf8_size("\xc3"), 0U);
  EXPECT_EQ(utf8_size("\xed\xa0\x80"), 0U);  // a surrogate
}

}  // namespace
}  // namespace demo::text
