#include "supervisor/snapshot/slot_table.h"

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

TEST(SlotTable, TakesNoSlotThatStillCounts) {
  std::vector<bool> counts{true, true, false};
  SlotTable table(3, [&](std::uint32_t slot) { return counts.at(slot); });
  EXPECT_EQ(table.assign({"a"}), Slots{2});
  EXPECT_FALSE(table.wanting());
  EXPECT_EQ(table.assign({"a", "b"}), Slots{});
  EXPECT_FALSE(table.find("b"));
  EXPECT_TRUE(table.wanting());
  counts[1] = false;
  EXPECT_EQ(table.assign({"a", "b"}), Slots{1});
  EXPECT_FALSE(table.wanting());
}

TEST(SlotTable, TellsWhetherAllWouldFindASlot) {
  std::vector<bool> counts{false, true, false};
  SlotTable table(3, [&](std::uint32_t slot) { return counts.at(slot); });
  EXPECT_TRUE(table.has_places_for({"a", "b"}));
  EXPECT_FALSE(table.has_places_for({"a", "b", "c"}));
  table.assign({"a", "b"});
  EXPECT_TRUE(table.has_places_for({"a", "b"}));
  EXPECT_FALSE(table.has_places_for({"a", "b", "c"}));
  // What has none of them any more is free, unless it counts.
  EXPECT_TRUE(table.has_places_for({"a", "c"}));
  counts[2] = true;
  EXPECT_FALSE(table.has_places_for({"a", "c"}));
}

TEST(SlotTable, AsksOnceAboutEachSlotForAnyNumberOfNames) {
  unsigned questions = 0;
  SlotTable table(3, [&](std::uint32_t slot) {
    ++questions;
    return slot != 1;
  });
  EXPECT_EQ(table.assign({"a", "b", "c", "d"}), Slots{1});
  EXPECT_EQ(questions, 3U);
  EXPECT_TRUE(table.wanting());
}

TEST(SlotTable, KeepsTheOrderOfThoseThatItPassedOver) {
  std::vector<bool> counts{true, false, false};
  SlotTable table(3, [&](std::uint32_t slot) { return counts.at(slot); });
  EXPECT_EQ(table.assign({"a"}), Slots{1});
  counts[0] = false;
  EXPECT_EQ(table.assign({"a", "b", "c"}), (Slots{0, 2}));
}

TEST(SlotTable, LeavesOutWhatDoesNotFit) {
  SlotTable table(1);
  EXPECT_EQ(table.assign({"a", "b"}), Slots{0});
  EXPECT_FALSE(table.find("b"));
  EXPECT_EQ(table.assign({"b"}), Slots{0});
}

TEST(SlotTable, GoesOnWithThePlacesOfAnotherProcess) {
  SlotTable before(4);
  before.assign({"a", "b", "c"});
  before.assign({"b", "c"});
  SlotTable table(4);
  table.restore(before.taken());
  EXPECT_EQ(table.find("b"), 1U);
  EXPECT_EQ(table.find("c"), 2U);
  EXPECT_EQ(table.assign({"c", "d"}), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(table.find("c"), 2U);
  EXPECT_FALSE(table.find("b"));
}

TEST(SlotTable, LeavesOutPlacesThatCannotBe) {
  SlotTable table(2);
  table.restore({{"beyond", 2}, {"first", 1}, {"second", 1}});
  EXPECT_FALSE(table.find("beyond"));
  EXPECT_EQ(table.find("first"), 1U);
  EXPECT_FALSE(table.find("second"));
  EXPECT_EQ(table.assign({"first", "other", "more"}), (std::vector<std::uint32_t>{0}));
}

}  // namespace
}  // namespace demo
