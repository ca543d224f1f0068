#include "supervisor/listening/service_gap.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/limits.h"

namespace demo {
namespace {

constexpr std::uint64_t kLongNs = std::chrono::nanoseconds(limits::kUnservedMax).count();

TEST(ServiceGap, HoldsOffWhenNobodyAcceptedForLongAndWorkersFail) {
  ServiceGap gap;
  EXPECT_FALSE(gap.look(true, false, 5));
  EXPECT_FALSE(gap.look(false, true, 10));
  EXPECT_FALSE(gap.look(false, true, 10 + kLongNs - 1));
  EXPECT_TRUE(gap.look(false, true, 10 + kLongNs));
  EXPECT_TRUE(gap.look(false, true, 10 + 3 * kLongNs));
}

TEST(ServiceGap, EndsWithTheFirstWorkerThatAcceptsAndBeginsAnewAfterIt) {
  ServiceGap gap;
  EXPECT_FALSE(gap.look(false, true, 10));
  EXPECT_TRUE(gap.look(false, true, 10 + kLongNs));
  EXPECT_FALSE(gap.look(true, true, 11 + kLongNs));
  EXPECT_FALSE(gap.look(false, true, 12 + kLongNs));
  EXPECT_FALSE(gap.look(false, true, 11 + 2 * kLongNs));
  EXPECT_TRUE(gap.look(false, true, 12 + 2 * kLongNs));
}

TEST(ServiceGap, HoldsNobodyOffWhileWorkersStartForTheFirstTime) {
  ServiceGap gap;
  EXPECT_FALSE(gap.look(false, false, 10));
  EXPECT_FALSE(gap.look(false, false, 10 + 5 * kLongNs));
  EXPECT_TRUE(gap.look(false, true, 11 + 5 * kLongNs)) << "one of them failed after all";
}

}  // namespace
}  // namespace demo
