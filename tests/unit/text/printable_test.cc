#include "text/printable.h"

#include <gtest/gtest.h>

namespace demo::text {
namespace {

TEST(Printable, LeavesTextAsItIs) {
  for (const char* text :
       {"", "unix:/run/a b.sock", "p\xc3\xa4th", "\xe2\x82\xac", "\xf0\x9f\x9a\x80", "a\\b"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, ShowsWhatSteersATerminalOrEndsALine) {
  EXPECT_EQ(printable("a\nb\tc\r"), "a\\x0ab\\x09c\\x0d");
  EXPECT_EQ(printable("\x1b[2J\x7f"), "\\x1b[2J\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");  // the CSI of C1
}

TEST(Printable, ShowsWhatTurnsTheDirectionOrEndsTheLineInUnicode) {
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a\\xe2\\x80\\xaeb");  // right-to-left override
  for (const char* text : {"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xaa",
                           "\xe2\x81\xa6", "\xe2\x81\xa9"}) {
    EXPECT_NE(printable(text), text);
  }
  for (const char* text : {"\xd8\x9b", "\xe2\x80\x8d", "\xe2\x80\x90", "\xe2\x80\xa7", "\xe2\x80\xaf",
                           "\xe2\x81\xa5", "\xe2\x81\xaa"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("\xff"
                      "a\x9b"),
            "\\xffa\\x9b");
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b");           // ESC, overlong
  EXPECT_EQ(printable("\xe0\x80\x9b"), "\\xe0\\x80\\x9b");  // the same in three bytes
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");           // cut short
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(Printable, ShowsWhatCouldSteerATerminalAsBytes) {
  EXPECT_EQ(printable("a\u00e4"), "a\u00e4");
  EXPECT_EQ(printable("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(printable("\u202e"), "\\xe2\\x80\\xae");
  EXPECT_EQ(printable("\xff"), "\\xff");
}

}  // namespace
}  // namespace demo::text
