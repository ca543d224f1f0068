#include "http/date.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(HttpDate, WritesTheFixedFormat) {
  EXPECT_EQ(HttpDate(784111777).text(), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(HttpDate(0).text(), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(HttpDate(1709164800).text(), "Thu, 29 Feb 2024 00:00:00 GMT");
}

TEST(HttpDate, HasTheSameSizeAlways) {
  for (std::time_t moment = 0; moment < 86400L * 365 * 3; moment += 86399) {
    EXPECT_EQ(HttpDate(moment).text().size(), HttpDate::kSize);
  }
}

}  // namespace
}  // namespace demo
