#include "config/config_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace demo {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

// Stands for the files beside the configuration.
Result<std::string> read_nothing(const std::string& path) {
  return Error{ErrorCode::kNotFound, "cannot read " + path, "", ""};
}

Config parse_good(std::string_view text) {
  ParsedConfig parsed = parse_config(text, "test.toml", read_nothing);
  for (const Error& problem : parsed.problems) ADD_FAILURE() << problem.message;
  return parsed.config;
}

std::vector<std::string> messages(std::string_view text) {
  std::vector<std::string> result;
  for (const Error& problem : parse_config(text, "test.toml", read_nothing).problems)
    result.push_back(problem.message);
  return result;
}

TEST(ConfigFile, LeavesEveryDefaultWhenEmpty) { EXPECT_EQ(parse_good(""), Config{}); }

TEST(ConfigFile, ReadsEverySingleValue) {
  const Config config = parse_good(R"(
accept_mode = "reuseport-cpu"
log_level = "debug"
max_connections = 30000
[workers]
count = 4
start_core = 2
cores = [0, 2, 4]
[client_keepalive]
enabled = true
idle_timeout = "15s"
max_requests = 1000
[backend_keepalive]
enabled = false
idle_timeout = "3s"
[client_timeouts]
head = "500ms"
body = "1m30s"
request = "2m"
write = "20s"
[forwarding]
x_forwarded = true
forwarded = true
via = true
[response]
status = 404
content_type = "application/json"
body = "{}"
body_size = "20k"
headers = ["X-A: b", "X-B:c : d"]
shaping = false
)");
  EXPECT_EQ(config.accept_mode, AcceptMode::kReuseportCpu);
  EXPECT_EQ(config.log_level, LogLevel::kDebug);
  EXPECT_EQ(config.max_connections, 30000U);
  EXPECT_EQ(config.workers, (WorkerPlan{4, 2, {0, 2, 4}}));
  EXPECT_EQ(config.client_keepalive, (ClientKeepalive{true, milliseconds(15000), 1000}));
  EXPECT_EQ(config.backend_keepalive, (BackendKeepalive{false, milliseconds(3000)}));
  EXPECT_EQ(config.client_timeouts, (ClientTimeouts{milliseconds(500), milliseconds(90000),
                                                    milliseconds(120000), milliseconds(20000)}));
  EXPECT_EQ(config.forwarding, (Forwarding{true, true, true}));
  EXPECT_EQ(config.response.status, 404U);
  EXPECT_EQ(config.response.content_type, "application/json");
  EXPECT_EQ(config.response.body, "{}");
  EXPECT_EQ(config.response.body_size, 20480U);
  EXPECT_THAT(config.response.headers, ElementsAre(Pair("X-A", "b"), Pair("X-B", "c : d")));
  EXPECT_FALSE(config.response.shaping);
}

TEST(ConfigFile, ReadsListenersWithTheirKernelOptions) {
  const Config config = parse_good(R"(
[[listener]]
address = "0.0.0.0:80"
[[listener]]
address = "[::1]:8080"
mode = "raw"
pool = "api"
accept_mode = "shared"
[listener.kernel]
backlog = 100
defer_accept_s = 5
fastopen_queue = 64
busy_poll_us = 50
prefer_busy_poll = true
nodelay = false
quickack = true
keepalive_idle_s = 60
keepalive_interval_s = 10
keepalive_count = 3
send_buffer_bytes = "64k"
receive_buffer_bytes = 131072
incoming_cpu = 1
v6only = true
transparent = false
interface = "eth0"
[[listener]]
address = ":81"
accept_proxy_protocol = true
)");
  ASSERT_THAT(config.listeners, SizeIs(3));
  const Listener& full = config.listeners[1];
  EXPECT_EQ(full.address.to_string(), "[::1]:8080");
  EXPECT_EQ(full.mode, ListenerMode::kRaw);
  EXPECT_EQ(full.pool, "api");
  EXPECT_EQ(full.accept_mode, AcceptMode::kShared);
  const KernelOptions expected{100, 5, 64,    50,     true, false, true,  60,
                               10,  3, 65536, 131072, 1,    true,  false, "eth0"};
  EXPECT_EQ(full.kernel, expected);
  EXPECT_TRUE(config.listeners[2].accept_proxy_protocol);
  EXPECT_EQ(config.listeners[0].kernel, KernelOptions{});
}

TEST(ConfigFile, ReadsPoolsWithTheirBackends) {
  const Config config = parse_good(R"(
[[pool]]
name = "api"
policy = "least-connections"
send_proxy_protocol = "v2"
slow_start = "10s"
resolve_interval = "1m"
queue_limit = 10
abort_on_close = false
[pool.health]
kind = "http"
path = "/up"
host = "api.example"
expected_status = 204
interval = "5s"
timeout = "2s"
rise = 1
fall = 2
[pool.ejection]
consecutive_failures = 0
base_time = "1s"
max_time = "10s"
allow_last = true
statuses = "429,500-599"
[pool.timeouts]
connect = "1s"
head = "2s"
body = "3s"
tunnel = "4s"
queue = "5s"
[[pool.backend]]
address = "10.0.0.3:80"
weight = 5
max_connections = 100
backup = true
state = "maintenance"
[[pool.backend]]
address = "DB.example:81"
[[pool]]
name = "empty"
)");
  ASSERT_THAT(config.pools, SizeIs(2));
  const Pool& api = config.pools[0];
  EXPECT_EQ(api.policy, BalancePolicy::kLeastConnections);
  EXPECT_EQ(api.send_proxy_protocol, SendProxyProtocol::kV2);
  EXPECT_EQ(api.slow_start, milliseconds(10000));
  EXPECT_EQ(api.resolve_interval, milliseconds(60000));
  EXPECT_EQ(api.queue_limit, 10U);
  EXPECT_FALSE(api.abort_on_close);
  EXPECT_EQ(api.health, (HealthCheck{HealthCheckKind::kHttp, "/up", "api.example", 204, milliseconds(5000),
                                     milliseconds(2000), 1, 2}));
  EXPECT_EQ(api.ejection, (Ejection{0, milliseconds(1000), milliseconds(10000), true, "429,500-599"}));
  EXPECT_EQ(api.timeouts, (PoolTimeouts{milliseconds(1000), milliseconds(2000), milliseconds(3000),
                                        milliseconds(4000), milliseconds(5000)}));
  ASSERT_THAT(api.backends, SizeIs(2));
  EXPECT_EQ(api.backends[0],
            (Backend{*Endpoint::parse("10.0.0.3:80"), 5, 100, true, BackendState::kMaintenance}));
  EXPECT_EQ(api.backends[1].endpoint.text, "db.example:81");
}

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

TEST(ConfigFile, SuggestsTheKeyThatAnUnknownOneIsNearTo) {
  EXPECT_THAT(
      messages("[client_keepalve]\nenabled = true\n"),
      ElementsAre("test.toml:1:2: unknown key \"client_keepalve\"; did you mean \"client_keepalive\"?"));
  EXPECT_THAT(messages("[[listener]]\naddress = \":80\"\nmdoe = \"raw\"\n"),
              ElementsAre("test.toml:3:1: unknown key \"listener.mdoe\"; did you mean \"listener.mode\"?"));
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

TEST(ConfigFile, SurvivesKeysAndValuesOfAnyDepth) {
  std::string dotted = "a";
  for (int i = 0; i < 200'000; ++i) dotted += ".a";
  EXPECT_THAT(messages("\n" + dotted + " = 1\n"), ElementsAre("test.toml:2:1: keys of more than 2000 dots"));
  EXPECT_THAT(messages("[" + dotted + "]\n"), ElementsAre("test.toml:1:1: keys of more than 2000 dots"));
  EXPECT_THAT(messages("a = " + std::string(100'000, '[')), SizeIs(1));
  // Lists within which lines go on.
  const std::string line = "{" + dotted.substr(0, 3'801) + " = [\n";
  std::string lists = "a = [";
  for (int i = 0; i < 120; ++i) lists += line;
  lists += "1";
  for (int i = 0; i < 120; ++i) lists += "]}";
  EXPECT_THAT(messages(lists + "]\n"), ElementsAre("test.toml:2:1: keys of more than 2000 dots"));
}

TEST(ConfigFile, LoadsAFileAndJoinsItsProblems) {
  const std::string path = testing::TempDir() + "config_file_test.toml";
  std::ofstream(path) << "log_level = \"debug\"\n";
  auto good = load_config_file(path);
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(good->config.log_level, LogLevel::kDebug);

  std::ofstream(path) << "log_level = \"loud\"\nfoo = 1\n";
  const auto bad = load_config_file(path);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(bad.error().field, "log_level");
  EXPECT_THAT(bad.error().message, HasSubstr(path + ":1:13: log_level is \"loud\""));
  EXPECT_THAT(bad.error().message, HasSubstr("\n" + path + ":2:1: unknown key \"foo\""));
  std::remove(path.c_str());
}

TEST(ConfigFile, TellsTheFirstProblemsOfVeryMany) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("unknown{} = 1\n", i);
  const auto read_nothing = [](const std::string&) -> Result<std::string> { return std::string(); };
  const auto file = load_config_text(text, "many.toml", read_nothing);
  ASSERT_FALSE(file);
  const std::string told = file.error().message;
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 50);
  EXPECT_TRUE(told.ends_with("\nmany.toml: and 950 more"));
}

TEST(ConfigFile, TakesTheBodyFromAFileBesideIt) {
  const std::string path = testing::TempDir() + "config_file_test.toml";
  const std::string body = testing::TempDir() + "config_file_test.body";
  std::ofstream(path) << "[response]\nbody_file = \"config_file_test.body\"\n";
  std::ofstream(body) << std::string("a\0b", 3);
  std::vector<std::string> files;
  const auto good = load_config_file(path, &files);
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(good->config.response.body, std::string("a\0b", 3));
  EXPECT_THAT(files, ElementsAre(path, body));

  std::remove(body.c_str());
  const auto bad = load_config_file(path);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message,
              HasSubstr(path + ":2:13: response.body_file is \"config_file_test.body\": cannot read " + body +
                        ": No such file or directory"));
  std::remove(path.c_str());
}

TEST(ConfigFile, TakesOnlyOneBody) {
  EXPECT_THAT(
      messages("[response]\nbody = \"x\"\nbody_file = \"y\"\n"),
      ElementsAre("test.toml:3:13: response.body_file is \"y\": a body is given too; leave one of them out"));
  EXPECT_THAT(messages("[response]\nbody_file = 1\n"), SizeIs(1));
  EXPECT_THAT(messages("[response]\nbody_file = \"y\"\nbody_base64 = \"eA==\"\n"), SizeIs(2));
  EXPECT_THAT(
      messages("[response]\nbody = \"x\"\nbody_base64 = \"eA==\"\n"),
      ElementsAre(
          "test.toml:3:15: response.body_base64 is \"eA==\": a body is given too; leave one of them out"));
}

TEST(ConfigFile, TakesABodyThatIsNoTextInBase64) {
  EXPECT_EQ(parse_good("[response]\nbody_base64 = \"/wAK\"\n").response.body, std::string("\xff\0\n", 3));
  EXPECT_THAT(
      messages("[response]\nbody_base64 = \"/wA\"\n"),
      ElementsAre("test.toml:2:15: response.body_base64 is \"/wA\": must be base64 (RFC 4648 section 4) "
                  "without blanks"));
}

TEST(ConfigFile, TakesNumbersBeyondAnIntegerAsTexts) {
  EXPECT_EQ(parse_good("max_connections = \"18446744073709551615\"\n").max_connections, ~std::uint64_t{0});
  for (const char* wrong : {"\"5\"", "\"20k\"", "\"18446744073709551616\"", "-1", "\"\""}) {
    EXPECT_THAT(messages(fmt::format("max_connections = {}\n", wrong)), SizeIs(1)) << wrong;
  }
  EXPECT_THAT(messages("[workers]\ncount = \"18446744073709551615\"\n"), SizeIs(1));
}

TEST(ConfigFile, TellsAnEmptyListOfListenersFromNone) {
  const auto nothing = [](const std::string&) -> Result<std::string> { return Error{}; };
  EXPECT_TRUE(load_config_text("listener = []\n", "test.toml", nothing)->listens_nowhere);
  EXPECT_FALSE(load_config_text("", "test.toml", nothing)->listens_nowhere);
  EXPECT_FALSE(load_config_text("[[listener]]\naddress = \":80\"\n", "test.toml", nothing)->listens_nowhere);
}

TEST(ConfigFile, SaysThatAFileIsMissingOrADirectory) {
  const auto missing = load_config_file("/nonexistent/demo.toml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("/nonexistent/demo.toml: No such file or directory"));
  EXPECT_FALSE(load_config_file("/tmp"));
}

TEST(ConfigFile, SaysThatAFileCannotBeReadToItsEnd) {
  const auto broken = load_config_file("/proc/self/mem");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "cannot read /proc/self/mem: Input/output error");
  EXPECT_EQ(broken.error().field, "config");
}

}  // namespace
}  // namespace demo
