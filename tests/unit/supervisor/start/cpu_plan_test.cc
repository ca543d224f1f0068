#include "supervisor/start/cpu_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace demo {
namespace {

using Cores = std::vector<unsigned>;
using testing::HasSubstr;

const AvailableCores kFour{{0, 1, 2, 3}, {}};

WorkerPlan count_from(std::optional<unsigned> count, unsigned start) { return {count, start, {}}; }

TEST(CpuPlan, TakesOneWorkerACoreByDefault) { EXPECT_EQ(*plan_workers({}, kFour), (Cores{0, 1, 2, 3})); }

TEST(CpuPlan, TakesNoMoreThanTheQuotaByDefault) {
  EXPECT_EQ(*plan_workers({}, {{0, 1, 2, 3}, 2}), (Cores{0, 1}));
  EXPECT_EQ(*plan_workers({}, {{0, 1}, 5}), (Cores{0, 1}));
}

TEST(CpuPlan, LetsACountExceedTheQuota) {
  EXPECT_EQ(*plan_workers(count_from(3, 0), {{0, 1, 2, 3}, 2}), (Cores{0, 1, 2}));
}

TEST(CpuPlan, StartsAtTheStartCore) {
  EXPECT_EQ(*plan_workers(count_from(2, 1), kFour), (Cores{1, 2}));
  EXPECT_EQ(*plan_workers(count_from({}, 2), kFour), (Cores{2, 3}));
}

TEST(CpuPlan, PassesOverCoresThatTheMaskLeavesOut) {
  EXPECT_EQ(*plan_workers(count_from(2, 2), {{0, 2, 5}, {}}), (Cores{2, 5}));
  EXPECT_EQ(*plan_workers({}, {{4, 6}, {}}), (Cores{4, 6}));
}

TEST(CpuPlan, RefusesMoreWorkersThanCores) {
  const auto plan = plan_workers(count_from(3, 2), kFour);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(plan.error().field, "workers.count");
  EXPECT_EQ(plan.error().value, "3");
  EXPECT_THAT(plan.error().message, HasSubstr("at most 2"));
}

TEST(CpuPlan, RefusesAStartCoreThatDoesNotExist) {
  const auto plan = plan_workers(count_from(1, 4), kFour);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().field, "workers.start_core");
  EXPECT_THAT(plan.error().message, HasSubstr("start core 4 does not exist"));
}

TEST(CpuPlan, TakesACoreListInItsOrder) { EXPECT_EQ(*plan_workers({9, 9, {3, 1}}, kFour), (Cores{3, 1})); }

TEST(CpuPlan, RefusesACoreListWithAnUnknownOrRepeatedCore) {
  EXPECT_THAT(plan_workers({{}, 0, {0, 7}}, kFour).error().message, HasSubstr("core 7 does not exist"));
  EXPECT_THAT(plan_workers({{}, 0, {1, 1}}, kFour).error().message, HasSubstr("core 1 is listed twice"));
}

void expect_cut(const WorkerPlan& plan, const AvailableCores& available, const Cores& cores) {
  const FittedPlan fitted = fit_workers(plan, available);
  EXPECT_EQ(fitted.cores, cores);
  EXPECT_THAT(fitted.problem, HasSubstr(plan_workers(plan, available).error().message));
}

TEST(CpuPlan, IsCutToTheCoresThereAre) {
  expect_cut(count_from(2, 0), {{1}, {}}, {1});
  expect_cut(count_from(3, 2), kFour, {2, 3});
  expect_cut(count_from(2, 9), kFour, {0, 1});
  expect_cut(count_from({}, 9), {{0, 1, 2}, 2}, {0, 1});
  expect_cut({{}, 0, {3, 7, 1, 3}}, kFour, {3, 1});
  expect_cut({{}, 0, {8, 9}}, kFour, {0, 1});
  expect_cut({{}, 0, {8, 9}}, {{5}, {}}, {5});
}

TEST(CpuPlan, StaysWholeWhereItFits) {
  const FittedPlan fitted = fit_workers(count_from(2, 1), kFour);
  EXPECT_EQ(fitted.cores, (Cores{1, 2}));
  EXPECT_EQ(fitted.problem, "");
}

}  // namespace
}  // namespace demo
