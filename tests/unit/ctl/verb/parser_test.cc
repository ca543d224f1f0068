#include "verb/parser.h"

#include <gtest/gtest.h>

#include "verb/help_text.h"

namespace demo::ctl {
namespace {

class Greeting : public Command {
 public:
  explicit Greeting(std::string name) : Command({.name = std::move(name), .summary = "greet somebody"}) {
    positional("NAME", "who", [this](const std::string& text) { taken += "name=" + text + ";"; });
    option("--times", "N", "how often", [this](const std::string& text) {
      if (text == "many") throw usage_failure("\"many\" is not a whole number");
      taken += "times=" + text + ";";
    });
    repeated_option("--with", "WORD", "a word more",
                    [this](const std::string& text) { taken += "with=" + text + ";"; });
    flag("-l,--loud", "shout", [this] { taken += "loud;"; });
  }
  ExitCode run(Invocation&) override { return ExitCode::kDone; }

  std::string taken;
};

class ParserTest : public testing::Test {
 protected:
  ParserTest() {
    for (const char* name : {"greet", "part", "family one", "family two"}) {
      table_.push_back(std::make_unique<Greeting>(name));
    }
    global_ = {{.name = "-o,--output",
                .placeholder = "table|json",
                .help = "form",
                .take = [this](const std::string& text) { output_ = text; }}};
  }

  std::string taken(std::vector<std::string> words) {
    const Parsed parsed = parse(words, table_, global_);
    return parsed.command == nullptr ? "" : static_cast<Greeting*>(parsed.command)->taken;
  }

  std::string refusal(std::vector<std::string> words) {
    try {
      parse(words, table_, global_);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::kUsage);
      return failure.message();
    }
    return "";
  }

  CommandTable table_;
  std::vector<Argument> global_;
  std::string output_;
};

TEST_F(ParserTest, TakesOptionsBeforeAndAfterPositionals) {
  EXPECT_EQ(taken({"greet", "--times", "3", "Ann", "--loud"}), "name=Ann;times=3;loud;");
}

TEST_F(ParserTest, TakesGlobalOptionsOnBothSidesOfTheVerb) {
  taken({"-o", "json", "greet", "Ann"});
  EXPECT_EQ(output_, "json");
  taken({"greet", "Ann", "--output=table"});
  EXPECT_EQ(output_, "table");
}

TEST_F(ParserTest, TakesRepeatedOptionsOneValueAtATime) {
  EXPECT_EQ(taken({"greet", "--with", "a", "--with", "b", "Ann"}), "name=Ann;with=a;with=b;");
}

TEST_F(ParserTest, TakesPositionalsThatLookLikeOptionsBehindADoubleDash) {
  EXPECT_EQ(taken({"greet", "--", "--times"}), "name=--times;");
}

TEST_F(ParserTest, FindsVerbsOfTwoWords) {
  EXPECT_EQ(taken({"family", "two", "Ann"}), "name=Ann;");
  EXPECT_EQ(refusal({"family"}), "family needs one of one, two");
  EXPECT_EQ(refusal({"family", "tow"}), "family needs one of one, two, not \"tow\", did you mean \"two\"?");
}

TEST_F(ParserTest, NamesTheVerbThatWasMeant) {
  EXPECT_EQ(refusal({"gret", "Ann"}), "there is no verb \"gret\", did you mean \"greet\"?");
}

TEST_F(ParserTest, NamesTheOptionThatWasMeant) {
  EXPECT_EQ(refusal({"greet", "Ann", "--tiems", "3"}),
            "greet has no option \"--tiems\", did you mean \"--times\"?");
}

TEST_F(ParserTest, RefusesTooManyAndTooFewArguments) {
  EXPECT_EQ(refusal({"greet", "Ann", "Bob"}), "greet: \"Bob\" is one argument too many");
  EXPECT_EQ(refusal({"greet", "--loud"}), "greet needs NAME");
}

TEST_F(ParserTest, SaysWhichOptionHasABadValue) {
  EXPECT_EQ(refusal({"greet", "Ann", "--times", "many"}), "--times: \"many\" is not a whole number");
}

TEST_F(ParserTest, NamesAnOptionAsItWasTyped) {
  global_[0].take = [](const std::string& text) { throw usage_failure(text + " is no form"); };
  EXPECT_EQ(refusal({"greet", "Ann", "-o", "x"}), "-o: x is no form");
  EXPECT_EQ(refusal({"greet", "Ann", "-ox"}), "-o: x is no form");
  EXPECT_EQ(refusal({"greet", "Ann", "--output=x"}), "--output: x is no form");
  EXPECT_EQ(parse({"greet", "Ann", "-l"}, table_, {}).given.at("--loud"), "-l");
}

TEST_F(ParserTest, RefusesAValueThatWouldBeLost) {
  EXPECT_EQ(refusal({"greet", "Ann", "--times", "1", "--times", "2"}),
            "--times: given twice, \"1\" and \"2\": leave one of them out");
  EXPECT_EQ(refusal({"greet", "Ann", "--with", "a", "--with", "a"}), "--with: \"a\" is given twice");
  taken({"-o", "json", "greet", "Ann", "-o", "table"});
  EXPECT_EQ(output_, "table");
}

TEST_F(ParserTest, NamesAValueThatIsMissingOrTooMuch) {
  EXPECT_EQ(refusal({"greet", "Ann", "--times"}), "--times needs a value: N");
  EXPECT_EQ(refusal({"greet", "Ann", "--times="}), "--times needs a value: N");
  EXPECT_EQ(refusal({"greet", "Ann", "--output"}), "--output needs a value: one of table, json");
  EXPECT_EQ(refusal({"greet", "Ann", "--loud=no"}), "--loud takes no value: leave =no out");
  EXPECT_EQ(taken({"greet", "Ann", "--with", "--loud=no"}), "name=Ann;with=--loud=no;");
}

TEST_F(ParserTest, KnowsAFamilyThatHelpIsAskedOf) {
  const Parsed parsed = parse({"family", "--help"}, table_, global_);
  EXPECT_TRUE(parsed.help);
  EXPECT_EQ(parsed.family, "family");
  EXPECT_EQ(family_of("family", table_), (std::vector<std::string>{"one", "two"}));
}

TEST_F(ParserTest, LeavesEverythingForHelp) {
  const Parsed parsed = parse({"greet", "--times", "many", "--help"}, table_, global_);
  EXPECT_TRUE(parsed.help);
  EXPECT_EQ(parsed.command, table_.front().get());
}

TEST_F(ParserTest, WritesTheHelpFromTheSameDeclarations) {
  EXPECT_EQ(verb_help(table_.front()->verb(), global_, 80),
            "democtl greet NAME [OPTIONS]\n"
            "    greet somebody\n"
            "\n"
            "Arguments:\n"
            "  NAME                    who\n"
            "\n"
            "Options:\n"
            "  --times N               how often\n"
            "  --with WORD             a word more\n"
            "  -l, --loud              shout\n"
            "\n"
            "Options of every verb:\n"
            "  -o, --output table|json\n"
            "                          form\n");
}

}  // namespace
}  // namespace demo::ctl
