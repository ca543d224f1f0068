#include "config/status_set.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(StatusSet, HasWhatItsTextNames) {
  const auto set = StatusSet::parse("502,429,510-512");
  ASSERT_TRUE(set);
  for (const unsigned status : {429U, 502U, 510U, 511U, 512U}) EXPECT_TRUE(set->has(status)) << status;
  for (const unsigned status : {0U, 200U, 399U, 430U, 503U, 509U, 513U, 600U, 4'000'000'000U}) {
    EXPECT_FALSE(set->has(status)) << status;
  }
}

TEST(StatusSet, IsEmptyWithoutText) {
  const auto set = StatusSet::parse("");
  ASSERT_TRUE(set);
  for (unsigned status = 0; status < 700; ++status) EXPECT_FALSE(set->has(status)) << status;
}

TEST(StatusSet, ReachesFromTheFirstToTheLast) {
  const auto set = StatusSet::parse("400-599");
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->has(400));
  EXPECT_TRUE(set->has(599));
}

TEST(StatusSet, RefusesOtherTexts) {
  for (const char* text : {",", "502,", ",502", "502, 503", "5xx", "399", "600", "504-502", "500-", "-500",
                           "+502", "502-503-504", " 502", "200", "99999999999"}) {
    EXPECT_FALSE(StatusSet::parse(text)) << text;
  }
}

}  // namespace
}  // namespace demo
