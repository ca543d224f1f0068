#include <fmt/format.h>
#include <gmock/gmock.h>

#include "config_text.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(ConfigFile, ReportsAWrongValueWithLineFieldAndValue) {
  const auto parsed =
      parse_config("\n[client_keepalive]\nidle_timeout = \"fifteen\"\n", "test.toml", read_nothing);
  ASSERT_THAT(parsed.problems, SizeIs(1));
  EXPECT_EQ(parsed.problems[0].code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(parsed.problems[0].field, "client_keepalive.idle_timeout");
  EXPECT_EQ(parsed.problems[0].value, "fifteen");
  EXPECT_EQ(parsed.problems[0].message,
            "test.toml:3:16: client_keepalive.idle_timeout is \"fifteen\": must be a time from 1ms to 7d, "
            "such as \"15s\", \"500ms\" or \"1m30s\"");
}

TEST(ConfigFile, SuggestsTheTimeThatCapitalsMean) {
  const auto parsed = parse_config("[client_timeouts]\nhead = \"5S\"\n", "test.toml", read_nothing);
  ASSERT_THAT(parsed.problems, SizeIs(1));
  EXPECT_THAT(parsed.problems[0].message, EndsWith("or \"1m30s\", did you mean \"5s\"?"));
}

TEST(ConfigFile, SuggestsTheKeyThatAnUnknownOneIsNearTo) {
  EXPECT_THAT(
      messages("[client_keepalve]\nenabled = true\n"),
      ElementsAre("test.toml:1:2: unknown key \"client_keepalve\"; did you mean \"client_keepalive\"?"));
  EXPECT_THAT(messages("[[listener]]\naddress = \":80\"\nmdoe = \"raw\"\n"),
              ElementsAre("test.toml:3:1: unknown key \"listener.mdoe\"; did you mean \"listener.mode\"?"));
  EXPECT_THAT(messages("[kernel]\nbacklog = 5\n"),
              ElementsAre("test.toml:1:2: unknown key \"kernel\"; did you mean \"listener.kernel\"?"));
  EXPECT_THAT(messages("[[backend]]\naddress = \":80\"\n"),
              ElementsAre("test.toml:1:3: unknown key \"backend\"; did you mean \"pool.backend\"?"));
  EXPECT_THAT(messages("zebra = 1\n"), ElementsAre("test.toml:1:1: unknown key \"zebra\""));
}

TEST(ConfigFile, CollectsEveryProblemByLine) {
  EXPECT_THAT(
      messages(R"(accept_mode = "both"
max_connections = -1
[[listener]]
mode = "raw"
[[listener]]
address = "localhost:80"
[[pool]]
name = 5
[[pool.backend]]
weight = "heavy"
address = "10.0.0.3"
)"),
      ElementsAre(
          "test.toml:1:15: accept_mode is \"both\": must be one of shared, exclusive, reuseport, "
          "reuseport-cpu",
          HasSubstr("test.toml:2:19: max_connections is \"-1\": must be from 0 to 18446744073709551615"),
          "test.toml:3:1: listener.address is missing",
          HasSubstr("test.toml:6:11: listener.address: invalid address \"localhost:80\": "),
          "test.toml:8:8: pool.name is \"5\": must be a text in quotes",
          HasSubstr("test.toml:10:10: pool.backend.weight is \"heavy\": must be a whole number"),
          HasSubstr("test.toml:11:11: pool.backend.address: invalid address \"10.0.0.3\": ")));
}

TEST(ConfigFile, ReportsSyntaxErrorsWithTheirLine) {
  EXPECT_THAT(messages("a = 1\nb = = 2\n"), ElementsAre(HasSubstr("test.toml:2:5: this is no TOML: ")));
  EXPECT_THAT(messages("log_level = \"info\"\nlog_level = \"info\"\n"),
              ElementsAre(HasSubstr("test.toml:2:")));
}

TEST(ConfigFile, TellsThatATextNeedsQuotes) {
  EXPECT_THAT(
      messages("log_level = info\n"),
      ElementsAre("test.toml:1:13: log_level is info: a text must be in quotes, log_level = \"info\""));
  EXPECT_THAT(
      messages("\n[client_keepalive]\nidle_timeout =  15s # seconds\n"),
      ElementsAre("test.toml:3:17: idle_timeout is 15s: a text must be in quotes, idle_timeout = \"15s\""));
  for (const char* word : {"10.0.0.1:80", ":80", "[::1]:80", "unix:/run/x"}) {
    EXPECT_THAT(messages(fmt::format("[[listener]]\naddress = {}\n", word)),
                ElementsAre(fmt::format("test.toml:2:11: address is {0}: a text must be in quotes, address = "
                                        "\"{0}\"",
                                        word)));
  }
  EXPECT_THAT(messages("[response]\nbody_size = 20k\n"),
              ElementsAre("test.toml:2:13: body_size is 20k: a text must be in quotes, body_size = \"20k\""));
  EXPECT_THAT(messages("[[pool]]\nname = \"a\"\n[pool.health]\npath = \"/up\n"),
              ElementsAre("test.toml:4:8: path is \"/up: a quote is missing, path = \"/up\""));
  for (const char* word : {"info\"", "nan\""}) {
    EXPECT_THAT(
        messages(fmt::format("log_level = {}\n", word)),
        ElementsAre(HasSubstr(fmt::format("log_level is {}: a quote is missing, log_level = ", word))));
  }
}

TEST(ConfigFile, TellsThatANumberBeyondThoseOfTomlNeedsQuotes) {
  EXPECT_THAT(messages("max_connections = 18446744073709551615\n"),
              ElementsAre("test.toml:1:19: max_connections is 18446744073709551615: a number over "
                          "9223372036854775807 must be in quotes, max_connections = "
                          "\"18446744073709551615\""));
  EXPECT_THAT(messages("max_connections = \"18446744073709551615\"\n"), IsEmpty());
  EXPECT_THAT(
      messages("[client_keepalive]\nmax_requests = 18446744073709551616\n"),
      ElementsAre("test.toml:2:16: client_keepalive.max_requests is \"18446744073709551616\": must be "
                  "a whole number from 0 to 18446744073709551615"));
}

TEST(ConfigFile, TakesAWordInLettersOfEitherCase) {
  EXPECT_THAT(messages("log_level = \"Info\"\n[[pool]]\nname = \"p\"\npolicy = \"Random-Two-CHOICES\"\n"),
              IsEmpty());
}

TEST(ConfigFile, SaysHowABareWordIsRightThatIsNoText) {
  const auto one = [](const char* table, const char* line) {
    const auto found = messages(fmt::format("[{}]\n{}\n", table, line));
    EXPECT_THAT(found, SizeIs(1));
    return found.empty() ? "" : found.front();
  };
  EXPECT_EQ(one("workers", "count = auto"),
            "test.toml:2:9: workers.count is \"auto\": must be a whole number from 1 to 256");
  EXPECT_EQ(one("workers", "count = 99999999999999999999"),
            "test.toml:2:9: workers.count is \"99999999999999999999\": must be a whole number from 1 to 256");
  EXPECT_EQ(one("workers", "start_core = 010"),
            "test.toml:2:14: workers.start_core is \"010\": a number does not begin with 0");
  EXPECT_EQ(one("client_keepalive", "enabled = yes"),
            "test.toml:2:11: client_keepalive.enabled is \"yes\": must be true or false");
  EXPECT_EQ(one("client_keepalive", "max_requests = 20k"),
            "test.toml:2:16: client_keepalive.max_requests is \"20k\": must be a whole number from 0 to "
            "18446744073709551615");
  EXPECT_EQ(one("workers", " cuont = auto"),
            "test.toml:2:2: unknown key \"workers.cuont\"; did you mean \"workers.count\"?");
  EXPECT_EQ(one("response", "x = 1979-13-45"), "test.toml:2:1: unknown key \"response.x\"");
  // What has followed the advice is not sent back.
  EXPECT_THAT(messages("[workers]\ncount = \"auto\"\n"),
              ElementsAre("test.toml:2:9: workers.count is \"auto\": must be a whole number from 1 to 256"));
  EXPECT_THAT(
      messages("[workers]\ncount = \"2\"\n"),
      ElementsAre("test.toml:2:9: workers.count is \"2\": must be a whole number from 1 to 256, without "
                  "quotes"));
}

TEST(ConfigFile, SuggestsTheNearWordAndTheNearPool) {
  EXPECT_THAT(messages("[[listener]]\naddress = \":80\"\nmode = \"prxy\"\n"),
              ElementsAre(HasSubstr(", did you mean \"proxy\"?")));
  EXPECT_THAT(
      messages(
          "[[pool]]\nname = \"api\"\n[[listener]]\naddress = \":80\"\nmode = \"proxy\"\npool = \"apii\"\n"),
      ElementsAre(HasSubstr("needs one, did you mean \"api\"?")));
}

TEST(ConfigFile, TellsEachProblemInOneLine) {
  EXPECT_THAT(messages("log_level = \"a\\n2026 error\\u001b[31m\"\n"),
              ElementsAre(HasSubstr("a\\x0a2026 error\\x1b[31m")));
}

TEST(ConfigFile, TellsTheLineOfARuleThatTheWholeBreaks) {
  EXPECT_THAT(
      messages(
          "[[listener]]\naddress = \":80\"\n[[listener]]\nmode = \"tcp\"\naddress = \":81\"\npool = \"x\"\n"),
      ElementsAre("test.toml:6:8: listener.pool is \"x\": no pool has this name, and a tcp listener "
                  "needs one"));
  EXPECT_THAT(messages("[[listener]]\naddress = \":80\"\nmode = \"proxy\"\npool = 5\n"),
              ElementsAre(HasSubstr("test.toml:4:8: listener.pool is \"5\"")))
      << "nobody asked for the pool of a proxy that says none";
  EXPECT_THAT(messages("\n[response]\nstatus = 700\n"),
              ElementsAre("test.toml:3:10: response.status is \"700\": must be from 200 to 599"));
  EXPECT_THAT(messages("[[pool]]\nname = \"a\"\n[[pool.backend]]\naddress = \":1\"\nweight = 1001\n"),
              ElementsAre("test.toml:5:10: pool.backend.weight is \"1001\": must be from 0 to 1000"));
}

TEST(ConfigFile, RefusesTablesWhereListsBelongAndTheOtherWayRound) {
  EXPECT_THAT(messages("[listener]\naddress = \":80\"\n"),
              ElementsAre("test.toml:1:1: listener is \"a table\": must be a list of tables, [[listener]]"));
  EXPECT_THAT(messages("[[workers]]\ncount = 1\n"),
              ElementsAre("test.toml:1:1: workers is \"a list of tables\": must be a table, [workers]"));
  EXPECT_THAT(messages("pool = [1]\n"), SizeIs(1));
}

TEST(ConfigFile, RefusesNumbersOutOfRangeAndOtherTypes) {
  EXPECT_THAT(messages("[workers]\ncount = 4294967296\n"),
              ElementsAre(HasSubstr("workers.count is \"4294967296\": must be from 1 to 256")));
  EXPECT_THAT(messages("[workers]\ncount = 1.5\n"), SizeIs(1));
  EXPECT_THAT(messages("[workers]\ncores = [1, \"2\"]\n"), SizeIs(1));
  EXPECT_THAT(messages("[response]\nbody_size = \"20q\"\n"), SizeIs(1));
  EXPECT_THAT(messages("[response]\nheaders = [\"no colon\"]\n"), SizeIs(1));
  EXPECT_THAT(messages("[client_keepalive]\nidle_timeout = 15\n"), SizeIs(1));
  EXPECT_THAT(messages("[client_keepalive]\nenabled = \"yes\"\n"), SizeIs(1));
}

}  // namespace
}  // namespace demo
