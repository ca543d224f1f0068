#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace demo::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

struct Taken {
  Words name, rest, each;
  bool flag = false;

  std::vector<Option> options() {
    return {{.names = "-n,--name", .value = "NAME", .help = "A name", .take = into(name)},
            {.names = "-r,--rest", .value = "REST", .values = Values::kFollowing, .take = into(rest)},
            {.names = "-e,--each", .value = "EACH", .values = Values::kEach, .take = into(each)},
            {.names = "-f,--flag", .value = "", .values = Values::kNone, .take = [this](const Words&) {
               flag = true;
             }}};
  }

  static std::function<void(const Words&)> into(Words& words) {
    return [&words](const Words& values) { words = values; };
  }
};

TEST(CommandLine, HandsEachOptionItsValues) {
  Taken taken;
  const Outcome outcome = read_command_line(
      "program", taken.options(), {"-n", "a", "-r", "b", "c", "-f", "--name=d", "-e", "1", "-e", "2"});
  EXPECT_EQ(outcome.problem, "");
  EXPECT_THAT(taken.name, ElementsAre("d"));
  EXPECT_THAT(taken.rest, ElementsAre("b", "c"));
  EXPECT_THAT(taken.each, ElementsAre("1", "2"));
  EXPECT_TRUE(taken.flag);
}

TEST(CommandLine, HandsBackWhatBelongsToNothing) {
  Taken taken;
  auto options = taken.options();
  Words first;
  options.push_back({.names = "first", .value = "FIRST", .take = Taken::into(first)});
  const Outcome outcome = read_command_line("program", options, {"x", "--unknown", "-f", "y"});
  EXPECT_EQ(outcome.problem, "");
  EXPECT_THAT(first, ElementsAre("x"));
  EXPECT_THAT(outcome.extra, ElementsAre("--unknown", "y"));
  EXPECT_EQ(outcome.positional, 1U);
  EXPECT_EQ(read_command_line("program", options, {"-f"}).positional, 0U);
}

TEST(CommandLine, PrintsItsPageAndVersionWhenAsked) {
  Taken taken;
  const Page page{.description = "It does things.", .examples = "Like this.", .version = "program 1"};
  const Outcome help = read_command_line("program", taken.options(), {"-f", "--help"}, &page);
  for (const char* part : {"It does things.", "-n,--name NAME", "A name", "Like this."}) {
    EXPECT_THAT(help.print, HasSubstr(part));
  }
  EXPECT_EQ(read_command_line("program", taken.options(), {"--version"}, &page).print, "program 1\n");
  EXPECT_EQ(read_command_line("program", taken.options(), {"-f"}, &page).print, "");
  EXPECT_NE(read_command_line("program", taken.options(), {"--unknown"}, &page).problem, "");
}

TEST(CommandLine, LetsThroughWhatIsThrownWhereValuesAreTaken) {
  const std::vector<Option> options{{.names = "--name", .value = "NAME", .take = [](const Words&) {
                                       throw std::runtime_error("no such name");
                                     }}};
  EXPECT_THROW(read_command_line("program", options, {"--name", "x"}), std::runtime_error);
}

TEST(CommandLine, KnowsAnOptionByEachOfItsNames) {
  const Option option{.names = "-n,--name", .value = "NAME", .take = {}};
  EXPECT_EQ(option.long_name(), "--name");
  EXPECT_TRUE(option.is_named("-n"));
  EXPECT_TRUE(option.is_named("--name"));
  EXPECT_FALSE(option.is_named("--nam"));
  EXPECT_FALSE(option.is_named(""));
}

}  // namespace
}  // namespace demo::cli
