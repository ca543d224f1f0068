// Files that nobody wrote by hand: what is told of them stays short, and the work stays in proportion.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

#include "config_text.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FileAbuse, ReadsManyUnknownKeysOfOneLine) {
  std::string text = "workers = {";
  for (int i = 0; i < 100'000; ++i) text += fmt::format("{}\"kéy{}\" = {}", i == 0 ? "" : ", ", i, i);
  const auto told = messages(text + "}\n");
  EXPECT_EQ(told.size(), 100'000U);
  EXPECT_EQ(told.front(), "test.toml:1:12: unknown key \"workers.kéy0\"");
}

TEST(FileAbuse, ReadsManyUnknownKeysOfTheirOwnLines) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += fmt::format("key{} = 1\n", i);
  const auto told = messages(text);
  EXPECT_EQ(told.size(), 100'000U);
  EXPECT_EQ(told[1], "test.toml:2:1: unknown key \"key1\"");
  EXPECT_EQ(told.back(), "test.toml:100000:1: unknown key \"key99999\"");
}

TEST(FileAbuse, CutsLongNamesAndSaysSo) {
  const std::string name(3'000'000, 'x');
  const std::string begin(60, 'x');
  EXPECT_THAT(messages(name + " = 1\n"), ElementsAre("test.toml:1:1: unknown key \"" + begin + "...\""));
  EXPECT_THAT(messages("[" + name + "]\n"), ElementsAre("test.toml:1:2: unknown key \"" + begin + "...\""));
  const std::string shorter(100'000, 'x');
  for (const std::string& text :
       {shorter + " = foo\n", shorter + " = 1\n" + shorter + " = 2\n", shorter + "\n"}) {
    const auto told = messages(text);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_LT(told[0].size(), 500U);
  }
}

TEST(FileAbuse, NamesBothPlacesOfWhatIsThereTwice) {
  EXPECT_THAT(
      messages("[workers]\ncount = 1\nstart_core = 0\n  count = 2\n"),
      ElementsAre("test.toml:4:3: workers.count is there twice, first at 2:1: leave one of them out"));
  EXPECT_THAT(messages("[response]\n[client_keepalive]\n[response]\nstatus = 201\n\n\n"),
              ElementsAre("test.toml:3:2: response is there twice, first at 1:2: leave one of them out"));
  EXPECT_THAT(messages("[[listener]]\naddress = \":80\"\n[listener.kernel]\n[listener.kernel]\n"),
              ElementsAre(HasSubstr(":4:2: listener.kernel is there twice, first at 3:11")));
  EXPECT_THAT(messages("listener = []\n[[listener]]\n"),
              ElementsAre(HasSubstr(":2:3: listener is there twice, first at 1:1")));
  EXPECT_THAT(messages("max_connections = 1\n\"max_connections\" = 2\n"),
              ElementsAre(HasSubstr(":2:1: max_connections is there twice, first at 1:1")));
}

TEST(FileAbuse, StillSaysWhatTheParserSaysOfOneLine) {
  EXPECT_THAT(messages("workers = {count = 1, count = 2}\n"), ElementsAre(HasSubstr("test.toml:1:")));
}

}  // namespace
}  // namespace demo
