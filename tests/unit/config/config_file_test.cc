#include "config/config_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "config_text.h"
#include "text/base64.h"

namespace demo {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

TEST(ConfigFile, TakesACoreListInPlaceOfACount) {
  EXPECT_EQ(parse_good("[workers]\ncores = [0, 2, 4]\n").workers, (WorkerPlan{std::nullopt, 0, {0, 2, 4}}));
  EXPECT_THAT(
      messages("[workers]\ncount = 2\ncores = [1]\n"),
      ElementsAre("test.toml:2:9: workers.count is \"2\": excludes workers.cores, which are given too: "
                  "leave one of them out"));
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
  EXPECT_EQ(config.workers, (WorkerPlan{4, 2, {}}));
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

TEST(ConfigFile, BoundsTheBodyHoweverItIsGiven) {
  const std::string path = testing::TempDir() + "config_file_test.toml";
  const std::string body_path = testing::TempDir() + "config_file_test.body";
  for (const std::size_t more : {0, 1}) {
    const std::string body(limits::kResponseBodyBytes + more, 'x');
    std::ofstream(body_path) << body;
    for (const std::string& text :
         {fmt::format("body = \"{}\"", body), fmt::format("body_base64 = \"{}\"", text::to_base64(body)),
          std::string("body_file = \"config_file_test.body\"")}) {
      std::ofstream(path) << "[response]\n" << text << '\n';
      const auto file = load_config_file(path);
      EXPECT_EQ(file.has_value(), more == 0) << text.substr(0, 20);
      if (file) continue;
      EXPECT_THAT(file.error().message, HasSubstr("at most 524288 bytes")) << text.substr(0, 20);
    }
  }
  std::remove(body_path.c_str());
  std::remove(path.c_str());
}

TEST(ConfigFile, IsNoLongerThanAText) {
  const std::string path = testing::TempDir() + "config_file_test.toml";
  for (const std::size_t more : {0, 1}) {
    std::string text = "# ";
    text.append(limits::kConfigFileBytes - text.size() + more, 'x');
    std::ofstream(path) << text;
    EXPECT_EQ(load_config_file(path).has_value(), more == 0);
    const auto sent =
        load_config_text(text, "sent.toml", [](const std::string&) -> Result<std::string> { return ""; });
    EXPECT_EQ(sent.has_value(), more == 0);
    if (sent) continue;
    EXPECT_THAT(sent.error().message, HasSubstr("at most 3145728 bytes"));
  }
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
