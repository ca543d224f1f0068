#include "base/error_lines.h"

#include <gmock/gmock.h>

namespace demo {
namespace {

using testing::ElementsAre;

TEST(ErrorLines, AreTheLinesOfTheMessage) {
  EXPECT_THAT(lines_of(invalid("a", "", "one")), ElementsAre("one"));
  EXPECT_THAT(lines_of(invalid("a", "", "one\ntwo\nthree")), ElementsAre("one", "two", "three"));
  EXPECT_EQ(in_one_line(invalid("a", "", "one\ntwo")), "one; two");
  EXPECT_EQ(in_one_line(invalid("a", "", "one")), "one");
}

}  // namespace
}  // namespace demo
