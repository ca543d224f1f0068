#include "json/read_message.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "demo/control/v1/monitor.pb.h"

namespace demo::json {
namespace {

namespace pb = control::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

pb::Config config_of(std::string_view json) {
  pb::Config config;
  const Reading reading = read_message(json, config);
  EXPECT_TRUE(reading.problems.empty()) << reading.problems[0].text();
  return config;
}

std::string refusal(std::string_view json) {
  pb::Config config;
  const Reading reading = read_message(json, config);
  return reading.problems.empty() ? "taken" : reading.problems[0].text();
}

TEST(ReadMessage, TakesTheWordsOfTheFlags) {
  const pb::Config config = config_of(R"({"accept_mode": "reuseport-cpu", "max_connections": 5,
      "client_timeouts": {"head": "1m30s", "body": "250ms"}, "workers": {"cores": [3, 1]},
      "response": {"body": "OK\n", "shaping": false},
      "listeners": [{"address": ":80", "mode": "auto"}, {"address": ":81", "mode": "TCP"}]})");
  EXPECT_EQ(config.accept_mode(), pb::ACCEPT_MODE_REUSEPORT_CPU);
  EXPECT_EQ(config.max_connections(), 5U);
  EXPECT_EQ(config.client_timeouts().head().seconds(), 90);
  EXPECT_EQ(config.client_timeouts().body().nanos(), 250'000'000);
  EXPECT_THAT(config.workers().cores(), ElementsAre(3, 1));
  EXPECT_EQ(config.response().body(), "OK\n");
  EXPECT_TRUE(config.response().has_shaping());
  EXPECT_EQ(config.listeners(0).mode(), pb::LISTENER_MODE_AUTO);
  EXPECT_EQ(config.listeners(1).mode(), pb::LISTENER_MODE_TCP);
}

TEST(ReadMessage, TakesTheSpellingsOfProtobuf) {
  const pb::Config config = config_of(R"({"acceptMode": "ACCEPT_MODE_SHARED", "max_connections": "5",
      "client_timeouts": {"head": "1.500s"}, "logLevel": 2, "response": {"body": "T0sK"}, "forwarding": null,
      "pools": null})");
  EXPECT_EQ(config.accept_mode(), pb::ACCEPT_MODE_SHARED);
  EXPECT_EQ(config.max_connections(), 5U);
  EXPECT_EQ(config.client_timeouts().head().nanos(), 500'000'000);
  EXPECT_EQ(config.log_level(), pb::LOG_LEVEL_WARNING);
  EXPECT_EQ(config.response().body(), "OK\n");
  EXPECT_FALSE(config.has_forwarding());
}

TEST(ReadMessage, RoundsNoNumber) {
  EXPECT_EQ(config_of(R"({"max_connections": 18446744073709551615})").max_connections(), UINT64_MAX);
  EXPECT_EQ(config_of(R"({"max_connections": 9007199254740993})").max_connections(), 9'007'199'254'740'993U);
  EXPECT_EQ(config_of(R"({"max_connections": 5.0})").max_connections(), 5U);
  EXPECT_EQ(config_of(R"({"max_connections": 1e3})").max_connections(), 1000U);
  for (const char* number : {"5.5", "-1", "18446744073709551616", "1e30", "\"\"", "\"5x\"", "true"}) {
    EXPECT_THAT(refusal(std::string("{\"max_connections\": ") + number + "}"),
                HasSubstr("is not a whole number from 0 to 18446744073709551615"))
        << number;
  }
}

TEST(ReadMessage, NamesPathLineColumnAndTheLikelyWord) {
  EXPECT_EQ(refusal("{\n \"listeners\": [\n  {\"address\": \":80\"},\n  {\"mode\" : \"autp\"}]}"),
            "4:13: listeners[1].mode: \"autp\" is not one of auto, server, proxy, tcp, raw, did you mean "
            "\"auto\"?");
  EXPECT_EQ(refusal(R"({"pools": [{"health": {"intervall": "1s"}}]})"),
            "1:24: pools[0].health.intervall: there is no such field, did you mean \"interval\"?");
  EXPECT_EQ(refusal(R"({"ä": 1})"), "1:2: ä: there is no such field");
  EXPECT_EQ(refusal(R"({"response": {"headers": [{"name": "ä"}, {"name": 7}]}})"),
            "1:51: response.headers[1].name: 7 is not a string");
  EXPECT_EQ(refusal("{\"workers\": {\"cores\": [1,\n2, \"x\"]}}"),
            "2:4: workers.cores[2]: \"x\" is not a whole number from 0 to 4294967295");
  EXPECT_EQ(refusal(R"({"client_timeouts": {"head": 30}})"),
            "1:30: client_timeouts.head: 30 is not a duration such as \"250ms\", \"30s\" or \"5m\"");
}

TEST(ReadMessage, TakesADurationOfNanosecondsInProtobufsSpelling) {
  const auto head = config_of(R"({"client_timeouts": {"head": "-1.000000001s"}})").client_timeouts().head();
  EXPECT_EQ(head.seconds(), -1);
  EXPECT_EQ(head.nanos(), -1);
}

TEST(ReadMessage, ShowsADurationThatIsRefusedAsItWasTyped) {
  const auto with = [](const char* text) {
    return refusal(fmt::format(R"({{"client_timeouts": {{"head": "{}"}}}})", text));
  };
  for (const char* wrong : {"999999999999999999999s", "315576000001s", "", "5", "1s1m", "1.s", ".5s", " 0.5s",
                            "1.+5s", "1. 5s", "1.0000000001s", "1.58888888888888888888s"}) {
    EXPECT_EQ(
        with(wrong),
        fmt::format("1:30: client_timeouts.head: \"{}\" is not a duration such as \"250ms\", \"30s\" or "
                    "\"5m\"",
                    wrong));
  }
}

TEST(ReadMessage, RefusesValuesOfAnotherShape) {
  EXPECT_THAT(refusal("[]"), HasSubstr("1:1: a list is not an object"));
  EXPECT_THAT(refusal("7"), HasSubstr("7 is not an object"));
  EXPECT_THAT(refusal("null"), HasSubstr("null is not an object"));
  EXPECT_THAT(refusal(R"({"listeners": {}})"), HasSubstr("listeners: an object is not a list"));
  EXPECT_THAT(refusal(R"({"listeners": 7})"), HasSubstr("listeners: 7 is not a list"));
  EXPECT_THAT(refusal(R"({"listeners": [7]})"), HasSubstr("listeners[0]: 7 is not an object"));
  EXPECT_THAT(refusal(R"({"listeners": [null]})"), HasSubstr("listeners[0]: null is not an object"));
  EXPECT_THAT(refusal(R"({"listeners": [[]]})"), HasSubstr("listeners[0]: a list is not an object"));
  EXPECT_THAT(refusal(R"({"workers": []})"), HasSubstr("workers: a list is not an object"));
  EXPECT_THAT(refusal(R"({"accept_mode": {}})"), HasSubstr("accept_mode: an object is not one of shared"));
  EXPECT_THAT(refusal(R"({"client_timeouts": {"head": "soon"}})"), HasSubstr("\"soon\" is not a duration"));
  EXPECT_THAT(refusal(R"({"response": {"shaping": "on"}})"), HasSubstr("\"on\" is not true or false"));
}

TEST(ReadMessage, RefusesAFieldThatIsThereTwice) {
  EXPECT_EQ(refusal(R"({"max_connections": 1, "maxConnections": 2})"),
            "1:24: max_connections: it is there twice, first at 1:2");
  EXPECT_EQ(refusal(R"({"listeners": [{"address": ":80"}, {"address": ":81"}]})"), "taken");
}

// Where each was first is looked up for those alone that are told.
TEST(ReadMessage, CountsFieldsThatAreThereOftenBeyondThoseItTells) {
  std::string json(1 << 20, '\n');
  json.insert(0, "{");
  for (int i = 0; i < 100'000; ++i) json += "\"workers\":0,";
  json += "\"workers\":0}";
  pb::Config config;
  const Reading reading = read_message(json, config, {});
  EXPECT_EQ(reading.problems.size(), text::kToldProblems);
  EXPECT_EQ(reading.problems.size() + reading.more, 100'001U);
}

std::vector<std::string> refusals(std::string_view json, pb::Config& config,
                                  const ReadOptions& options = {}) {
  std::vector<std::string> told;
  for (const Problem& problem : read_message(json, config, options).problems) told.push_back(problem.text());
  return told;
}

TEST(ReadMessage, TellsAllProblemsAndReadsOn) {
  pb::Config config;
  EXPECT_THAT(
      refusals(R"({"listeners": [7, [[1], {"a": []}], {"mode": "autp", "x": [{}]}, {"address": ":81"}],
"max_connections": "many", "accept_mode": [], "workers": {"count": -1, "cores": 3},
"response": {"body": {"hex": [1]}, "status": 300, "headers": [{"name": {}}, "x", {"name": "b"}]},
"max_connections": 7, "pools": {"a": [1]}})",
               config),
      ElementsAre(HasSubstr("1:16: listeners[0]: 7 is not an object"),
                  HasSubstr("1:19: listeners[1]: a list is not an object"),
                  HasSubstr("1:46: listeners[2].mode: \"autp\""),
                  HasSubstr("1:54: listeners[2].x: there is no such field"),
                  HasSubstr("2:20: max_connections: \"many\""), HasSubstr("2:43: accept_mode: a list"),
                  HasSubstr("2:68: workers.count: -1 is"), HasSubstr("2:81: workers.cores: 3 is not a"),
                  HasSubstr("3:23: response.body: an object with \"hex\""),
                  HasSubstr("3:72: response.headers[0].name: an object"),
                  HasSubstr("3:77: response.headers[1]: \"x\""),
                  "4:1: max_connections: it is there twice, first at 2:1",
                  HasSubstr("4:32: pools: an object is not a list")));
  EXPECT_EQ(config.listeners_size(), 4) << "each at its place";
  EXPECT_EQ(config.listeners(3).address(), ":81");
  EXPECT_EQ(config.response().status(), 300U);
  EXPECT_EQ(config.response().headers(2).name(), "b");
}

TEST(ReadMessage, TellsWhatWasWrongInFrontOfWhatIsNoJson) {
  pb::Config config;
  EXPECT_THAT(refusals("{\"accept_mode\": 77, \"workers\": {]", config),
              ElementsAre(HasSubstr("accept_mode: 77"), HasSubstr("workers: no JSON")));
}

TEST(ReadMessage, BoundsWhatItTells) {
  std::string json = "{\"" + std::string(1'000'000, 'x') + "\": 1";
  for (int i = 0; i < 100'000; ++i) json += fmt::format(", \"key{}\": {{\"a\": 1}}", i);
  pb::Config config;
  const Reading reading = read_message(json + "}", config);
  EXPECT_EQ(reading.problems.size(), kToldProblems);
  EXPECT_EQ(reading.more, 100'001 - kToldProblems);
  EXPECT_EQ(reading.problems[0].text(), "1:2: " + std::string(60, 'x') + "...: there is no such field");
}

TEST(ReadMessage, TellsTheRangeThatAFieldHas) {
  pb::Config config;
  const RangeOf range_of = [](const google::protobuf::FieldDescriptor& field) {
    return field.name() == "count" ? "from 1 to 256" : field.name() == "head" ? "from 1ms to 7d" : "";
  };
  EXPECT_THAT(refusals(R"({"workers": {"count": -1, "start_core": -1}, "client_timeouts": {"head": 3}})",
                       config, {.range_of = range_of}),
              ElementsAre(HasSubstr("-1 is not a whole number from 1 to 256"),
                          HasSubstr("-1 is not a whole number from 0 to 4294967295"),
                          HasSubstr("3 is not a duration from 1ms to 7d, such as \"250ms\", ")));
}

TEST(ReadMessage, SaysWhereValuesAreWhenAsked) {
  pb::Config config;
  Offsets offsets;
  const std::string json =
      "\xef\xbb\xbf{\"workers\": {\"cores\": [1, 2]},\n \"listeners\": [{\"address\": \"a\"}]}";
  read_message(json, config, {.offsets = &offsets});
  std::vector<std::string> places;
  for (const auto& [path, offset] : offsets) places.push_back(problem_at(json, offset, path, "-").text());
  EXPECT_THAT(places, testing::UnorderedElementsAre("2:15: listeners: -", "2:16: listeners[0]: -",
                                                    "2:28: listeners[0].address: -", "1:13: workers: -",
                                                    "1:23: workers.cores: -", "1:24: workers.cores[0]: -",
                                                    "1:27: workers.cores[1]: -"));
}

TEST(ReadMessage, SaysWhereATextIsNoJson) {
  EXPECT_THAT(refusal(""), HasSubstr("1:1: no JSON: The document is empty"));
  EXPECT_THAT(refusal("{\n"), HasSubstr("2:1: no JSON: "));
  EXPECT_THAT(refusal("{} x"), HasSubstr("1:4: no JSON: "));
  EXPECT_THAT(refusal(std::string("{}\0x", 4)), HasSubstr("1:3: no JSON: "));
  EXPECT_THAT(refusal("{\"max_connections\": 1,}"), HasSubstr("no JSON: Missing a name for object member"));
  EXPECT_THAT(refusal("{\"accept_mode\": \"\xff\"}"), HasSubstr("no JSON: Invalid encoding in string"));
}

TEST(ReadMessage, TakesAByteOrderMark) {
  EXPECT_EQ(config_of("\xef\xbb\xbf{\"max_connections\": 5}").max_connections(), 5U);
}

TEST(ReadMessage, ReadsABodyAsTextUnlessTheFileIsOfProtobufsSpelling) {
  const auto body = [](std::string_view json) { return config_of(json).response().body(); };
  EXPECT_EQ(body(R"({"response": {"body": "T0sK"}})"), "T0sK");
  EXPECT_EQ(body(R"({"response": {"body": "T0sK"}, "accept_mode": "shared"})"), "T0sK");
  EXPECT_EQ(body(R"({"response": {"body": "T0sK"}, "accept_mode": "ACCEPT_MODE_SHARED"})"), "OK\n");
  EXPECT_EQ(body(R"({"response": {"body": {"base64": "T0sK"}}})"), "OK\n");
  EXPECT_EQ(body(R"({"response": {"body": {"text": "T0sK"}}, "accept_mode": "ACCEPT_MODE_SHARED"})"), "T0sK");
  EXPECT_EQ(refusal(R"({"accept_mode": "ACCEPT_MODE_SHARED", "response": {"body": "OK!"}})"),
            "1:60: response.body: \"OK!\" is not base64, as a file with names such as \"ACCEPT_MODE_SHARED\" "
            "has it: write {\"text\": \"...\"} or {\"base64\": \"...\"}");
  EXPECT_THAT(refusal(R"({"accept_mode": "ACCEPT_MODE_SHARED", "log_level": "info",
                          "response": {"body": "T0sK"}})"),
              HasSubstr("response.body: it may be text or base64"));
  EXPECT_THAT(refusal(R"({"response": {"body": {"base64": "!"}}})"), HasSubstr("\"!\" is not base64"));
  EXPECT_THAT(refusal(R"({"response": {"body": {"hex": "00"}}})"),
              HasSubstr("response.body: an object with"));
  EXPECT_THAT(refusal(R"({"response": {"body": {}}})"), HasSubstr("response.body: an empty object"));
  EXPECT_THAT(refusal(R"({"response": {"body": 7}})"), HasSubstr("response.body: 7 is not a string"));
}

TEST(ReadMessage, LeavesOutWhatALaterVersionHasWhenAsked) {
  pb::Config config;
  const Reading reading = read_message(R"({"a": {"b": [1, {"accept_mode": 3}]},
      "c": [[], {}], "d": 1, "max_connections": 5,
      "listeners": [{"address": ":80"}, {"shape": null, "address": ":81"}]})",
                                       config, {.unknown = Unknown::kLeftOut});
  ASSERT_TRUE(reading.problems.empty()) << reading.problems[0].text();
  EXPECT_THAT(reading.unknown, ElementsAre("a", "c", "d", "listeners[1].shape"));
  EXPECT_EQ(config.max_connections(), 5U);
  EXPECT_EQ(config.listeners(1).address(), ":81");
  EXPECT_FALSE(config.has_accept_mode());
}

TEST(ReadMessage, SurvivesDepth) {
  const std::string deep = "{\"a\": " + std::string(1'000'000, '[');
  pb::Config config;
  const ReadOptions left_out{.unknown = Unknown::kLeftOut};
  EXPECT_TRUE(read_message(deep, config, left_out).broken);
  EXPECT_THAT(read_message(deep + std::string(1'000'000, ']') + "}", config, left_out).unknown,
              ElementsAre("a"));
}

TEST(ReadMessage, QuotesNoByteThatSteersATerminal) {
  EXPECT_THAT(refusal(R"({"accept_mode": "\u001b[31m"})"), HasSubstr("\"\\x1b[31m\" is not one of"));
  EXPECT_THAT(refusal(R"({"\u001b": 1})"), HasSubstr("1:2: \\x1b: there is no such field"));
  EXPECT_THAT(refusal("{\"accept_mode\": \"" + std::string(1000, 'x') + "\"}"), HasSubstr("xxx...\""));
}

TEST(ReadMessage, HasNothingToNameInWhatItKnows) {
  pb::Config config;
  EXPECT_THAT(read_message("{}", config, {.unknown = Unknown::kLeftOut}).unknown, IsEmpty());
}

TEST(SyntaxProblem, SaysWhereATextIsNotOneValue) {
  for (const char* good : {"{}", "[1, \"a\"]", " true ", "1e300", "\"\\u00e4\""}) {
    EXPECT_FALSE(syntax_problem(good)) << good;
  }
  EXPECT_EQ(syntax_problem("{bad")->text(), "1:2: no JSON: Missing a name for object member");
  for (const char* bad : {"", "{'a':1}", "[1,]", "{}{}", "\"\xff\"", "\xef\xbb\xbf{}"}) {
    EXPECT_TRUE(syntax_problem(bad)) << bad;
  }
  EXPECT_TRUE(syntax_problem(std::string_view("{}\0", 3)));
}

}  // namespace
}  // namespace demo::json
