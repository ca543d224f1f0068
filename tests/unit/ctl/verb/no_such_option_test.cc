#include "verb/no_such_option.h"

#include <gtest/gtest.h>

#include "command_table.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {
namespace {

class NoSuchOption : public DemoctlTest {
 protected:
  std::string refusal(const std::vector<std::string>& words) {
    EXPECT_EQ(democtl(words), 2);
    EXPECT_EQ(out_, "");
    return err_;
  }
};

TEST_F(NoSuchOption, SuggestsNothingThatIsNotNear) {
  EXPECT_EQ(refusal({"--head"}), "democtl: democtl has no option \"--head\"\n");
  EXPECT_EQ(refusal({"--hepl"}), "democtl: democtl has no option \"--hepl\", did you mean \"--help\"?\n");
  EXPECT_EQ(refusal({"status", "--ouptut=json"}),
            "democtl: status has no option \"--ouptut\", did you mean \"--output\"?\n");
}

TEST_F(NoSuchOption, NamesTheVerbsThatHaveIt) {
  EXPECT_EQ(
      refusal({"--watch"}),
      "democtl: democtl has no option \"--watch\", which is an option of stats: it stands behind the verb\n");
  EXPECT_EQ(refusal({"status", "--watch"}),
            "democtl: status has no option \"--watch\", which is an option of stats\n");
  EXPECT_EQ(refusal({"workers", "--follow"}),
            "democtl: workers has no option \"--follow\", which is an option of events\n");
}

TEST_F(NoSuchOption, IsToldWithItsValueInFrontOfTheVerbAndBehindIt) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--expect-generation", "5", "status"},
                                             {"--expect-generation=5", "status"},
                                             {"status", "--expect-generation", "5"}}) {
    const std::string told = refusal(words);
    EXPECT_NE(told.find("status has no option \"--expect-generation\", which is an option of add-listener, "
                        "remove-listener, set-listener and "),
              std::string::npos)
        << told;
  }
}

TEST_F(NoSuchOption, OfEveryVerbsOwnMayPrecedeTheVerbWithItsValue) {
  EXPECT_EQ(refusal({"--timeout", "nonsense", "--pool", "api", "backends"}),
            "democtl: --timeout: \"nonsense\" is not a duration of at least 1ms such as 500ms or 30s\n");
  EXPECT_EQ(refusal({"--pool"}),
            "democtl: democtl has no option \"--pool\", which is an option of add-listener, "
            "set-listener, add-backend and 4 other verbs: it stands behind the verb\n");
}

TEST_F(NoSuchOption, KnowsWhoTakesAValue) {
  const CommandTable table = command_table();
  EXPECT_TRUE(takes_value_somewhere("--pool", table));
  EXPECT_FALSE(takes_value_somewhere("--watch", table));
  EXPECT_FALSE(takes_value_somewhere("--nonsense", table));
}

}  // namespace
}  // namespace demo::ctl
