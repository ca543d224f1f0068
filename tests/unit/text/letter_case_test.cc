#include "text/letter_case.h"

#include <gtest/gtest.h>

namespace demo::text {
namespace {

TEST(LetterCase, IsThatOfAsciiLettersAlone) {
  EXPECT_EQ(small_letters("Req/S-\u00c4"), "req/s-\u00c4");
  EXPECT_EQ(capitals("req/s-\u00e4"), "REQ/S-\u00e4");
  EXPECT_EQ(small_letters(""), "");
}

}  // namespace
}  // namespace demo::text
