#include "text/printable.h"

#include <gtest/gtest.h>

namespace demo::text {
namespace {

TEST(Printable, KnowsTheSizeOfACharacter) {
  EXPECT_EQ(utf8_size("a"), 1U);
  EXPECT_EQ(utf8_size("\u00e4"), 2U);
  EXPECT_EQ(utf8_size("\U0001f600"), 4U);
  EXPECT_EQ(utf8_size("\xff"), 0U);
  EXPECT_EQ(utf8_size("\xc3"), 0U);
  EXPECT_EQ(utf8_size("\xed\xa0\x80"), 0U);  // a surrogate
}

TEST(Printable, ShowsWhatCouldSteerATerminalAsBytes) {
  EXPECT_EQ(printable("a\u00e4"), "a\u00e4");
  EXPECT_EQ(printable("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(printable("\u202e"), "\\xe2\\x80\\xae");
  EXPECT_EQ(printable("\xff"), "\\xff");
}

}  // namespace
}  // namespace demo::text
