#include "supervisor/start/start_config.h"

#include <gmock/gmock.h>

#include "supervisor/start/available_cores.h"

namespace demo {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(UnappliedFile, IsNotToldWhereNothingOfItIsMissing) {
  FileComparison comparison;
  comparison.equal = true;
  EXPECT_EQ(tell_unapplied_file(comparison, "/etc/f.toml", "/var/s"), "");
  comparison = {false, true, 3, 3, 0, 0};
  EXPECT_EQ(tell_unapplied_file(comparison, "/etc/f.toml", "/var/s"), "")
      << "all of it was changed at run time";
}

TEST(UnappliedFile, IsToldWithTheWayOut) {
  const FileComparison comparison{false, true, 3, 1, 2, 0};
  const std::string told = tell_unapplied_file(comparison, "/etc/f.toml", "/var/s");
  EXPECT_THAT(told,
              StartsWith("/etc/f.toml or the flags were edited since they were last read, and 2 of their "
                         "changes are not in force, because the saved state in /var/s is: "));
  EXPECT_THAT(told, HasSubstr("democtl config apply-file"));
  EXPECT_THAT(told, HasSubstr("democtl config reset"));
  EXPECT_THAT(told, HasSubstr("--ignore-state"));
  EXPECT_THAT(tell_unapplied_file(comparison, "", "/var/s"), StartsWith("the flags were edited"));
}

// apply-file and reset refuse such a file.
TEST(UnappliedFile, ThatWasEmptiedIsToRestore) {
  for (const bool base_known : {true, false}) {
    const FileComparison comparison{false, base_known, 3, 1, 2, 0};
    const std::string told = tell_unapplied_file(comparison, "/etc/f.toml", "/var/s", true);
    EXPECT_THAT(told, StartsWith("/etc/f.toml sets nothing, as a file that was emptied by mistake"));
    EXPECT_THAT(told, HasSubstr("restore the file"));
    EXPECT_THAT(told, HasSubstr("democtl config reset --allow-empty"));
    EXPECT_THAT(told, testing::Not(HasSubstr("apply-file")));
  }
  EXPECT_EQ(tell_unapplied_file({true, true, 0, 0, 0, 0}, "/etc/f.toml", "/var/s", true), "");
}

TEST(UnappliedFile, MayBeUnknown) {
  const FileComparison comparison{false, false, 3, 0, 0, 0};
  EXPECT_THAT(
      tell_unapplied_file(comparison, "/etc/f.toml", "/var/s"),
      HasSubstr("differ in 3 values from the saved state in /var/s, which is in force; which of them were "
                "edited since is not known"));
}

TEST(ConfigurationText, MayNameNoFileOfThisHost) {
  const auto read = read_configuration_text(Flags(), read_available_cores(),
                                            "[response]\nbody_file = \"/etc/hostname\"\n", "f.toml");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("f.toml:2:13: response.body_file"));
  EXPECT_THAT(read.error().message, HasSubstr("on the daemon's host only"));
}

TEST(ConfigurationText, HasTheFlagsOverIt) {
  Flags flags;
  flags.keepalive = true;
  const auto read = read_configuration_text(flags, read_available_cores(), "max_connections = 5\n", "f.toml");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->config.client_keepalive.enabled);
  EXPECT_EQ(read->config.max_connections, 5U);
  EXPECT_EQ(read->config.listeners.size(), 1U);
  const auto nowhere = read_configuration_text(Flags(), read_available_cores(), "listener = []\n", "f.toml");
  ASSERT_TRUE(nowhere);
  EXPECT_TRUE(nowhere->config.listeners.empty());
}

TEST(ConfigurationText, SetsNothingWhereCommentsAndHeadingsAloneAreLeft) {
  const auto sets_nothing = [](const char* text) {
    return read_configuration_text(Flags(), read_available_cores(), text, "f.toml")->sets_nothing;
  };
  for (const char* text : {"", "# a comment\n", "[client_timeouts]\n[response]\n"}) {
    EXPECT_TRUE(sets_nothing(text)) << text;
  }
  for (const char* text :
       {"listener = []\n", "max_connections = 0\n", "[client_timeouts]\nhead = \"15s\"\n"}) {
    EXPECT_FALSE(sets_nothing(text)) << text;
  }
  EXPECT_FALSE(read_configuration(Flags(), read_available_cores())->sets_nothing) << "there is no file";
}

}  // namespace
}  // namespace demo
