#include "base/result.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace demo {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return invalid("number", std::to_string(number), "number is odd");
  return number / 2;
}

TEST(Result, HoldsAValueOrAnError) {
  ASSERT_TRUE(half(4));
  EXPECT_EQ(*half(4), 2);
  const auto failed = half(3);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(), (Error{ErrorCode::kInvalidArgument, "number is odd", "number", "3"}));
}

TEST(ResultDeathTest, AbortsWhenTheValueOfAFailureIsAskedFor) {
  EXPECT_DEATH(half(3).value(), "value of a failed result: number is odd");
}

TEST(ErrnoText, IsTheSystemsText) { EXPECT_EQ(errno_text(ECONNREFUSED), "Connection refused"); }

}  // namespace
}  // namespace demo
