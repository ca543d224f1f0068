#include "base/descriptor_budget.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(DescriptorBudget, ListeningSocketsTakeFromTheConnections) {
  const DescriptorBudget budget{1000, false};
  EXPECT_EQ(budget.connections(0), 1000U - limits::kReservedDescriptors);
  EXPECT_EQ(budget.connections(100), budget.connections(0) - 200);
  EXPECT_EQ(budget.connections(10'000), 0U);
}

TEST(DescriptorBudget, SocketsOnTheirWayOutTakeAsLongAsTheyAreThere) {
  const DescriptorBudget budget{1000, false};
  EXPECT_EQ(budget.connections(100, 300), budget.connections(100) - 100);
  EXPECT_EQ(budget.connections(100, 200), budget.connections(100))
      << "those of one that died have their place";
}

TEST(DescriptorBudget, ForwardedConnectionTakesTwo) {
  EXPECT_EQ((DescriptorBudget{1064, true}.connections(100)), 400U);
}

TEST(DescriptorBudget, SmallLimitIsSharedInHalves) {
  EXPECT_EQ((DescriptorBudget{100, false}.connections(5)), 40U);
  EXPECT_EQ((DescriptorBudget{0, true}.connections(1)), 0U);
}

TEST(DescriptorBudget, MostListeningSocketsLeaveRoomForTheLeastConnections) {
  for (const bool forwards : {false, true}) {
    for (const std::uint64_t limit : {0U, 20U, 64U, 128U, 129U, 512U, 20'000U}) {
      const DescriptorBudget budget{limit, forwards};
      const std::size_t most = budget.most_listeners();
      if (most > 0) {
        EXPECT_GE(budget.connections(most), limits::kLeastConnections);
      }
      EXPECT_LT(budget.connections(most + 1), limits::kLeastConnections);
    }
  }
}

}  // namespace
}  // namespace demo
