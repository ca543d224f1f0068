#include "supervisor/start_config.h"

#include <gmock/gmock.h>

#include "supervisor/available_cores.h"

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
  EXPECT_TRUE(read->client_keepalive.enabled);
  EXPECT_EQ(read->max_connections, 5U);
  EXPECT_EQ(read->listeners.size(), 1U);
  const auto nowhere = read_configuration_text(Flags(), read_available_cores(), "listener = []\n", "f.toml");
  ASSERT_TRUE(nowhere);
  EXPECT_TRUE(nowhere->listeners.empty());
}

}  // namespace
}  // namespace demo
