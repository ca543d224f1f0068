#include "format/text_columns.h"

#include <gtest/gtest.h>

#include <string>

namespace demo::ctl {
namespace {

TEST(TextColumns, GrowWithTheirCells) {
  TextColumns columns({.least = 4, .gap = 1});
  EXPECT_TRUE(columns.make_room({"time", "req/s"}));
  EXPECT_FALSE(columns.make_room({"14:0", "12.5k"}));
  EXPECT_EQ(columns.line({"14:0", "7"}), "14:0     7\n");
  EXPECT_TRUE(columns.make_room({"14:0", "1234567"}));
  EXPECT_EQ(columns.line({"time", "req/s"}), "time   req/s\n");
  EXPECT_FALSE(columns.make_room({"14:0", "7"}));
  EXPECT_EQ(columns.line({"14:0", "7"}), "14:0       7\n");
}

TEST(TextColumns, LeaveNoBlanksAtTheEnd) {
  TextColumns columns({.least = 4, .gap = 2, .align = Align::kLeft});
  columns.make_room({"a", "b"});
  EXPECT_EQ(columns.line({"a", "b"}), "a     b\n");
}

TEST(TextColumns, LetALongCellRunOverInItsLineAlone) {
  TextColumns columns({.least = 4, .gap = 2, .align = Align::kLeft});
  columns.make_room({"a", "b"});
  const std::string text(TextColumns::kMostWidth + 1, 'x');
  EXPECT_FALSE(columns.make_room({text, "b"}));
  EXPECT_EQ(columns.line({text, "b"}), text + "  b\n");
  EXPECT_EQ(columns.line({"a", "b"}), "a     b\n");
}

}  // namespace
}  // namespace demo::ctl
