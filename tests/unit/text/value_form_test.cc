#include "text/value_form.h"

#include <gtest/gtest.h>

namespace demo::text {
namespace {

TEST(ValueForm, ListsTheWordsOfAClosedList) {
  EXPECT_EQ(value_form("on|off"), "one of on, off");
  EXPECT_EQ(value_form("a|b|c"), "one of a, b, c");
  EXPECT_EQ(value_form("POOL"), "POOL");
  EXPECT_EQ(value_form("CORE,..."), "CORE,...");
}

}  // namespace
}  // namespace demo::text
