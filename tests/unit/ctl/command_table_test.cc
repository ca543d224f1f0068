#include "command_table.h"

#include <gtest/gtest.h>

#include <set>

#include "invocation/settings.h"
#include "verb/help_text.h"
#include "verb/man_page.h"

namespace demo::ctl {
namespace {

TEST(CommandTable, HasEveryVerbOnce) {
  std::set<std::string> names;
  for (const auto& command : command_table()) EXPECT_TRUE(names.insert(command->verb().name).second);
  for (const char* name : {"add-listener",
                           "remove-listener",
                           "set-listener",
                           "listeners",
                           "add-backend",
                           "remove-backend",
                           "set-backend",
                           "backends",
                           "add-pool",
                           "remove-pool",
                           "set-pool",
                           "pools",
                           "keepalive",
                           "accept-mode",
                           "set-workers",
                           "restart-worker",
                           "workers",
                           "set-response",
                           "stats",
                           "status",
                           "events",
                           "config show",
                           "config diff",
                           "config save",
                           "config apply",
                           "config reset",
                           "config export-commands",
                           "debug",
                           "version",
                           "completion",
                           "top",
                           "whoami"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(CommandTable, GivesEveryVerbExamplesOfItself) {
  for (const auto& command : command_table()) {
    if (command->verb().hidden) continue;
    EXPECT_FALSE(command->verb().examples.empty()) << command->verb().name;
    for (const Example& example : command->verb().examples) {
      EXPECT_TRUE(example.line.starts_with(command->verb().name)) << example.line;
      EXPECT_FALSE(example.what.empty()) << example.line;
    }
  }
}

TEST(CommandTable, SpeaksWithOneVoice) {
  for (const auto& command : command_table()) {
    const Verb& verb = command->verb();
    EXPECT_FALSE(verb.summary.empty()) << verb.name;
    EXPECT_FALSE(verb.summary.ends_with('.')) << verb.name;
    if (!verb.details.empty()) {
      EXPECT_TRUE(verb.details.ends_with('.')) << verb.name;
    }
    std::set<std::string> options;
    for (const Argument& argument : verb.arguments) {
      EXPECT_FALSE(argument.help.empty()) << verb.name << ' ' << argument.name;
      EXPECT_FALSE(argument.help.ends_with('.')) << verb.name << ' ' << argument.name;
      if (!argument.positional) {
        EXPECT_TRUE(options.insert(argument.long_name()).second) << argument.name;
      }
    }
  }
}

TEST(CommandTable, FitsItsHelpIntoEightyColumns) {
  Settings settings;
  const std::vector<Argument> global = global_arguments(settings);
  const CommandTable table = command_table();
  std::string help = overview_help(table, global, 80);
  for (const auto& command : table) help += verb_help(command->verb(), global, 80);
  std::size_t start = 0;
  for (std::size_t end = help.find('\n'); end != std::string::npos;
       start = end + 1, end = help.find('\n', start)) {
    const std::string line = help.substr(start, end - start);
    // Examples and lists of words cannot be wrapped.
    if (line.starts_with("  democtl") || line.starts_with("  --") || line.starts_with("democtl")) continue;
    EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(ManPage, PrintsExamplesAsTheyAreTyped) {
  Settings settings;
  const std::string page = man_page(command_table(), global_arguments(settings), "1.2.3");
  EXPECT_NE(page.find("select(.accept_mode == \\(dqreuseport\\(dq)"), std::string::npos);
}

TEST(ManPage, NamesEveryVerbAndOption) {
  Settings settings;
  const CommandTable table = command_table();
  const std::string page = man_page(table, global_arguments(settings), "1.2.3");
  EXPECT_EQ(page.find(".TH DEMOCTL 1"), 0U);
  const auto escaped = [](std::string text) {
    for (std::size_t i = text.find('-'); i != std::string::npos; i = text.find('-', i + 2))
      text.insert(i, "\\");
    return text;
  };
  for (const auto& command : table) {
    const Verb& verb = command->verb();
    EXPECT_EQ(page.find(".SS " + escaped(verb.name)) != std::string::npos, !verb.hidden) << verb.name;
    for (const Argument& argument : verb.arguments) {
      if (verb.hidden) continue;
      EXPECT_NE(page.find(escaped(argument.long_name())), std::string::npos) << argument.name;
    }
  }
}

}  // namespace
}  // namespace demo::ctl
