#include "values/time_text.h"

#include <gtest/gtest.h>

namespace demo::ctl {
namespace {

constexpr std::int64_t kMoment = 1'714'565'002;

TEST(TimeText, IsUtcForPrograms) {
  EXPECT_EQ(utc_time(kMoment, 250'999'999), "2024-05-01T12:03:22.250Z");
  EXPECT_EQ(utc_time(kMoment, 0), "2024-05-01T12:03:22.000Z");
}

}  // namespace
}  // namespace demo::ctl
