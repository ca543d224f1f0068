#include "supervisor/slot_table.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

using Slots = std::vector<std::uint32_t>;

TEST(SlotTable, GivesSlotsInTheOrderOfTheNames) {
  SlotTable table(4);
  EXPECT_EQ(table.assign({"b", "a"}), (Slots{0, 1}));
  EXPECT_EQ(table.find("b"), 0U);
  EXPECT_EQ(table.find("a"), 1U);
  EXPECT_FALSE(table.find("c"));
}

TEST(SlotTable, KeepsASlotForAsLongAsItsNameIsThere) {
  SlotTable table(4);
  table.assign({"a", "b"});
  EXPECT_EQ(table.assign({"c", "b"}), Slots{2});
  EXPECT_EQ(table.find("b"), 1U);
  EXPECT_FALSE(table.find("a"));
}

TEST(SlotTable, UsesTheSlotThatWasFreeForTheLongestTime) {
  SlotTable table(3);
  table.assign({"a", "b", "c"});
  table.assign({"b", "c"});
  table.assign({"c"});
  EXPECT_EQ(table.assign({"c", "d"}), Slots{0});
  EXPECT_EQ(table.assign({"c", "d", "e"}), Slots{1});
}

TEST(SlotTable, TakesASlotThatStillCountsOnlyWhenThereIsNoOther) {
  std::vector<bool> counts{true, true, false, false};
  SlotTable table(3, [&](std::uint32_t slot) { return counts.at(slot); });
  EXPECT_EQ(table.assign({"a"}), Slots{2});
  EXPECT_EQ(table.assign({"a", "b"}), Slots{0});
  counts[0] = false;
  table.assign({});
  EXPECT_EQ(table.assign({"c"}), Slots{2});
  EXPECT_EQ(table.assign({"c", "d"}), Slots{0});
  EXPECT_EQ(table.assign({"c", "d", "e"}), Slots{1});
}

TEST(SlotTable, LeavesOutWhatDoesNotFit) {
  SlotTable table(1);
  EXPECT_EQ(table.assign({"a", "b"}), Slots{0});
  EXPECT_FALSE(table.find("b"));
  EXPECT_EQ(table.assign({"b"}), Slots{0});
}

}  // namespace
}  // namespace demo
