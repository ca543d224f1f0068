#include "config/header_text.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(HeaderText, TakesMediaTypesWithParameters) {
  for (const char* good :
       {"text/plain", "application/json", "text/html; charset=utf-8", "text/html;charset=\"utf-8\"",
        "a/b ; c=d", "image/svg+xml", "application/vnd.x-y.v1+json", "multipart/mixed; boundary=\"a b\\\"c\"",
        "text/plain;", "text/plain; ; a=b", "text/plain; title=\"\xc3\xa9\"", "a/b;c=\"\""}) {
    EXPECT_TRUE(is_media_type(good)) << good;
  }
}

TEST(HeaderText, RefusesWhatIsNoMediaType) {
  for (const char* bad : {"",
                          "a b c",
                          "\xc3\xa9",
                          "text",
                          "text/",
                          "/plain",
                          "text/plain ",
                          " text/plain",
                          "text/pl ain",
                          "text/plain charset=utf-8",
                          "text/plain; charset",
                          "text/plain; charset=",
                          "text/plain; charset =x",
                          "text/plain; =x",
                          "text/plain; a=\"b",
                          "text/plain; a=\"b\\",
                          "text/plain; a=\"b\"c",
                          "text/\xc3\xa9",
                          "text/plain; a=b c",
                          "text/html,text/plain",
                          "text/plain\r\nX: y",
                          "a/b/c",
                          "text/plain; "}) {
    EXPECT_FALSE(is_media_type(bad)) << bad;
  }
}

TEST(HeaderText, TakesFieldValuesOfAnyByteButControls) {
  for (const char* good : {"", "b", "b c, d\te", "\xc3\xa9 \"q\" \\", "\xe9"})
    EXPECT_TRUE(is_field_value(good));
  for (const char* bad : {" b", "b ", "\tb", "a\nb", "a\rb", "a\x01", "a\x7f"})
    EXPECT_FALSE(is_field_value(bad));
}

TEST(HeaderText, LeavesOutBlanksAtEitherEnd) {
  EXPECT_EQ(without_blanks(" \t a b\t "), "a b");
  EXPECT_EQ(without_blanks("\t "), "");
  EXPECT_EQ(without_blanks(""), "");
  EXPECT_EQ(without_blanks("a\n"), "a\n");
}

}  // namespace
}  // namespace demo
