#include "format/text_columns.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace demo::ctl {
namespace {

Sheet sheet_of(const std::vector<std::string>& columns, const std::vector<Cell>& row) {
  Sheet sheet;
  for (const std::string& name : columns) sheet.columns.push_back({name});
  sheet.rows.push_back(row);
  return sheet;
}

TEST(TextColumns, GrowWithTheirCells) {
  TextColumns columns({.least = 4, .gap = 1});
  const auto row = [](const char* figure) { return sheet_of({"time", "req/s"}, {"14:0", figure}); };
  EXPECT_TRUE(columns.make_room(row("12.5k")));
  EXPECT_FALSE(columns.make_room(row("7")));
  EXPECT_EQ(columns.line({"14:0", "7"}), "14:0     7\n");
  EXPECT_TRUE(columns.make_room(row("1234567")));
  EXPECT_EQ(columns.line(headings(row(""))), "TIME   REQ/S\n");
  EXPECT_FALSE(columns.make_room(row("7")));
  EXPECT_EQ(columns.line({"14:0", "7"}), "14:0       7\n");
}

TEST(TextColumns, LeaveNoBlanksAtTheEnd) {
  TextColumns columns({.least = 4, .gap = 2, .align = Align::kLeft});
  columns.make_room(sheet_of({"a", "b"}, {"a", "b"}));
  EXPECT_EQ(columns.line({"a", "b"}), "a     b\n");
}

TEST(TextColumns, LetALongCellRunOverInItsLineAlone) {
  TextColumns columns({.least = 4, .gap = 2, .align = Align::kLeft});
  columns.make_room(sheet_of({"a", "b"}, {"a", "b"}));
  const std::string text(TextColumns::kMostWidth + 1, 'x');
  EXPECT_FALSE(columns.make_room(sheet_of({"a", "b"}, {text, "b"})));
  EXPECT_EQ(columns.line({text, "b"}), text + "  b\n");
  EXPECT_EQ(columns.line({"a", "b"}), "a     b\n");
}

// Nothing stands behind it that would move.
TEST(TextColumns, AskForNoHeadingsWhenTheLastOneGrowsToTheRight) {
  TextColumns left({.least = 4, .gap = 1, .align = Align::kLeft});
  TextColumns right({.least = 4, .gap = 1});
  for (TextColumns* columns : {&left, &right}) {
    EXPECT_TRUE(columns->make_room(sheet_of({"kind", "message"}, {"x", "y"})));
    EXPECT_EQ(columns->make_room(sheet_of({"kind", "message"}, {"x", "a longer one"})), columns == &right);
    EXPECT_TRUE(columns->make_room(sheet_of({"kind", "message"}, {"longer", "y"})));
  }
}

TEST(TextColumns, FitAsWideAsTheyHaveBecome) {
  TextColumns columns({.least = 4, .gap = 1});
  Sheet sheet = sheet_of({"name", "open", "in/s"}, {"a", "1", "2"});
  for (Column& column : sheet.columns) column.align = column.name == "name" ? Align::kLeft : Align::kRight;
  EXPECT_EQ(headings(columns.fitting(sheet, 20)).size(), 3U);
  sheet.rows[0][1] = "1234567890";
  EXPECT_EQ(headings(columns.fitting(sheet, 20)).size(), 2U);
  // A line as before would stand below other headings.
  sheet.rows[0][1] = "1";
  EXPECT_EQ(headings(columns.fitting(sheet, 20)).size(), 2U);
  sheet.rows[0][0] = std::string(30, 'n');
  EXPECT_EQ(headings(columns.fitting(sheet, 20)).size(), 1U);
}

TEST(TextColumns, FitThoughAllAreNames) {
  TextColumns columns({.least = 4, .gap = 1});
  Sheet sheet = sheet_of({"pool", "backend"}, {std::string(12, 'p'), std::string(12, 'b')});
  for (Column& column : sheet.columns) column.names = true;
  EXPECT_EQ(headings(columns.fitting(sheet, 25)).size(), 2U);
  EXPECT_EQ(headings(columns.fitting(sheet, 24)).size(), 1U);
}

}  // namespace
}  // namespace demo::ctl
