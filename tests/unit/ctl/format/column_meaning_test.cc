#include "format/column_meaning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "command_table.h"
#include "invocation/settings.h"
#include "verb/help_text.h"
#include "verb/man_page.h"

namespace demo::ctl {
namespace {

using testing::HasSubstr;

std::set<std::string> printed_columns() {
  std::set<std::string> names;
  for (const auto& command : command_table()) {
    const Verb& verb = command->verb();
    names.insert(verb.columns.begin(), verb.columns.end());
    names.insert(verb.further_columns.begin(), verb.further_columns.end());
  }
  return names;
}

TEST(ColumnMeaning, TellsOfEveryColumnThatIsPrintedAndOfNoOther) {
  std::set<std::string> told;
  for (const ColumnMeaning& column : column_meanings()) {
    EXPECT_TRUE(told.insert(std::string(column.name)).second) << column.name;
    EXPECT_FALSE(column.meaning.empty()) << column.name;
    EXPECT_FALSE(column.meaning.ends_with('.')) << column.name;
  }
  EXPECT_EQ(told, printed_columns());
}

TEST(ColumnMeaning, StandsInTheOrderOfTheAlphabet) {
  EXPECT_TRUE(std::ranges::is_sorted(column_meanings(), {}, &ColumnMeaning::name));
}

TEST(ColumnMeaning, StandsInHelpAndManPage) {
  Settings settings;
  const std::string page = man_page(command_table(), global_arguments(settings), "1.2.3");
  EXPECT_THAT(page, HasSubstr(".SH COLUMNS\n"));
  const std::string help = columns_help(80);
  for (const ColumnMeaning& column : column_meanings()) {
    EXPECT_THAT(help, HasSubstr("\n  " + std::string(column.name) + " "));
  }
  for (const char* name : {"active", "queued", "ejected", "cpu%", "cpu\\-s"}) {
    EXPECT_THAT(page, HasSubstr(std::string(".TP\n.B ") + name + "\n"));
  }
}

}  // namespace
}  // namespace demo::ctl
