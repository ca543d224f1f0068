#include "config/export_commands.h"

#include <gmock/gmock.h>

#include "config/base64.h"
#include "config/shell_word.h"

namespace demo {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

Listener listener(const char* text) {
  Listener result;
  result.address = *Address::parse(text);
  return result;
}

Backend backend(const char* text) {
  Backend result;
  result.endpoint = *Endpoint::parse(text);
  return result;
}

TEST(ExportCommands, AreNoneForTheDefaults) { EXPECT_THAT(export_commands(Config{}), IsEmpty()); }

TEST(ShellWord, ShowsNoControlCharacterToATerminal) {
  EXPECT_EQ(shell_word("unix:/a\x1b[2J'\\"), "$'unix:/a\\033[2J\\'\\\\'");
  EXPECT_EQ(shell_word("two\nlines"), "'two\nlines'");
}

TEST(ExportCommands, KeepAListenerForwardingWhoseBackendsAreGone) {
  Config config;
  config.listeners = {listener("127.0.0.1:80")};
  EXPECT_THAT(export_commands(config), ElementsAre("democtl add-listener 127.0.0.1:80"));
  config.listeners[0].auto_forwards = true;
  config.pools.emplace_back().name = "default";
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-pool default", "democtl add-listener 127.0.0.1:80 --mode proxy",
                          "democtl set-listener 127.0.0.1:80 --mode auto"));
  config.pools[0].backends = {backend("127.0.0.1:81")};
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-backend 127.0.0.1:81", "democtl add-listener 127.0.0.1:80"));
}

TEST(ExportCommands, KeepAListenerForwardingWhosePoolIsGone) {
  Config config;
  config.listeners = {listener("127.0.0.1:80"), listener("127.0.0.1:81")};
  config.listeners[0].auto_forwards = true;
  config.listeners[0].pool = "gone";
  config.listeners[1].pool = "for-a-moment";
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-pool for-a-moment-",
                          "democtl add-listener 127.0.0.1:80 --mode proxy --pool for-a-moment-",
                          "democtl set-listener 127.0.0.1:80 --mode auto --pool gone",
                          "democtl add-listener 127.0.0.1:81 --pool for-a-moment",
                          "democtl remove-pool for-a-moment-"));
  config.pools.emplace_back().name = "api";
  config.listeners.pop_back();
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-pool api", "democtl add-pool for-a-moment",
                          "democtl add-listener 127.0.0.1:80 --mode proxy --pool for-a-moment",
                          "democtl set-listener 127.0.0.1:80 --mode auto --pool gone",
                          "democtl remove-pool for-a-moment"));
}

TEST(ExportCommands, SetEverySingleValue) {
  Config config;
  config.workers.count = 4;
  config.workers.start_core = 2;
  config.accept_mode = AcceptMode::kExclusive;
  config.log_level = LogLevel::kDebug;
  config.client_timeouts.head = milliseconds(5000);
  config.client_timeouts.write = milliseconds(500);
  config.max_connections = 20000;
  config.client_keepalive = {true, milliseconds(15000), 1000};
  config.backend_keepalive.enabled = false;
  config.forwarding.x_forwarded = true;
  config.forwarding.via = true;
  config.response.status = 503;
  config.response.body = "it's\nlate";
  config.response.headers = {{"X-A", "b"}, {"X-B", "c"}};
  config.response.shaping = false;
  EXPECT_THAT(
      export_commands(config),
      ElementsAre("democtl set-workers 4 --start-core 2", "democtl accept-mode exclusive",
                  "democtl debug debug",
                  "democtl set-client-limits --head-timeout 5s --write-timeout 500ms --max-connections 20000",
                  "democtl keepalive on --idle-timeout 15s --max-requests 1000",
                  "democtl keepalive off --side backend", "democtl set-forwarding --x-forwarded on --via on",
                  "democtl set-response --text 'it'\\''s\nlate'",
                  "democtl set-response --status 503 --shaping off --header 'X-A: b' --header 'X-B: c'"));
}

TEST(ExportCommands, NameTheTimeOfAKeepaliveThatStaysAsItIs) {
  Config config;
  config.client_keepalive.idle_timeout = milliseconds(15000);
  config.backend_keepalive.idle_timeout = milliseconds(2000);
  EXPECT_THAT(export_commands(config), ElementsAre("democtl keepalive off --idle-timeout 15s",
                                                   "democtl keepalive on --side backend --idle-timeout 2s"));
}

TEST(ExportCommands, PreferTheCoreListThatOutweighsTheCount) {
  Config config;
  config.workers = {4, 2, {0, 2}};
  EXPECT_THAT(export_commands(config), ElementsAre("democtl set-workers --cores 0,2"));
}

TEST(ExportCommands, SetTheSizeAfterTheBodyThatItReplaces) {
  Config config;
  config.response.body = "x";
  config.response.body_size = 20480;
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl set-response --text x", "democtl set-response --body-size 20k"));
}

TEST(ExportCommands, WriteABodyThatIsNoTextByPrintf) {
  Config config;
  config.response.body = std::string("-\0\xff%d\\'-\n\xc2\x9b", 11);
  EXPECT_THAT(
      export_commands(config),
      ElementsAre(R"(printf '\055\000\377%%d\134\047-\012\302\233' | democtl set-response --file -)"));
}

TEST(ExportCommands, QuoteWhatIsNoTextSoThatItCanBeShown) {
  Config config;
  config.pools = {Pool{}};
  config.pools[0].name = "a'\\\x1b\xc2\x9b\xff\xc3\xa9";
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-pool $'a\\'\\\\\\033\\302\\233\\377\xc3\xa9'"));
}

TEST(ExportCommands, PipeABodyThatDoesNotFitACommandLine) {
  Config config;
  config.response.body = std::string(100'001, 'x');
  EXPECT_THAT(export_commands(config), ElementsAre("printf %s " + to_base64(config.response.body) +
                                                   " | base64 -d | democtl set-response --file -"));
}

TEST(ExportCommands, MakePoolsWithTheirBackendsBeforeTheListenersThatUseThem) {
  Config config;
  config.listeners = {listener(":80"), listener("[::1]:5432")};
  config.listeners[1].mode = ListenerMode::kTcp;
  config.listeners[1].pool = "db";
  config.pools.emplace_back().backends = {backend("10.0.0.3:80"), backend("web:80")};
  config.pools[0].backends[1].weight = 5;
  config.pools[0].backends[1].backup = true;
  config.pools.emplace_back().name = "db";
  config.pools[1].policy = BalancePolicy::kLeastConnections;
  config.pools[1].backends = {backend("unix:/run/db.sock")};
  config.pools[1].backends[0].max_connections = 100;
  config.pools[1].backends[0].state = BackendState::kMaintenance;
  config.pools.emplace_back().name = "empty";
  EXPECT_THAT(
      export_commands(config),
      ElementsAre("democtl add-backend 10.0.0.3:80", "democtl add-backend web:80 --weight 5 --backup",
                  "democtl add-pool db --policy least-connections",
                  "democtl add-backend unix:/run/db.sock --pool db --max-connections 100 --state maintenance",
                  "democtl add-pool empty", "democtl add-listener 0.0.0.0:80",
                  "democtl add-listener '[::1]:5432' --mode tcp --pool db"));
}

TEST(ExportCommands, KnowTheOptionOfEverySettingOfAPool) {
  Config config;
  Pool& pool = config.pools.emplace_back();
  pool.health = {
      HealthCheckKind::kHttp, "/up", "web.example", 204, milliseconds(5000), milliseconds(3000), 4, 5};
  pool.ejection = {6, milliseconds(7000), milliseconds(8000), true, "500-599"};
  pool.send_proxy_protocol = SendProxyProtocol::kV2;
  pool.timeouts = {milliseconds(1), milliseconds(2), milliseconds(3), milliseconds(4), milliseconds(6)};
  pool.slow_start = milliseconds(9000);
  pool.resolve_interval = milliseconds(10000);
  pool.queue_limit = 11;
  pool.abort_on_close = false;
  EXPECT_THAT(
      export_commands(config),
      ElementsAre(
          "democtl add-pool default --send-proxy-protocol v2 --slow-start 9s --resolve-interval 10s "
          "--queue-limit 11 --abort-on-close off --health http --health-path /up --health-host web.example "
          "--health-status 204 --health-interval 5s --health-timeout 3s --health-rise 4 --health-fall 5 "
          "--eject-after 6 --eject-time 7s --eject-max-time 8s --eject-last on "
          "--eject-statuses 500-599 --connect-timeout 1ms --head-timeout 2ms --body-timeout 3ms "
          "--tunnel-timeout 4ms --queue-timeout 6ms"));
}

TEST(ExportCommands, KnowTheOptionOfEverySettingOfAListener) {
  Config config;
  config.listeners = {listener(":80")};
  config.listeners[0].accept_mode = AcceptMode::kShared;
  config.listeners[0].accept_proxy_protocol = true;
  config.listeners[0].kernel = {100, 5, 64,    50,     true, false, true, 60,
                                10,  3, 65536, 131072, 1,    false, true, "eth0"};
  EXPECT_THAT(
      export_commands(config),
      ElementsAre(
          "democtl add-listener 0.0.0.0:80 --accept-mode shared --accept-proxy-protocol --backlog 100 "
          "--defer-accept 5s --fastopen-queue 64 --busy-poll 50us --prefer-busy-poll on --nodelay off "
          "--quickack on --keepalive-idle 60s --keepalive-interval 10s --keepalive-count 3 "
          "--send-buffer 64k --receive-buffer 128k --incoming-cpu 1 --v6only off --transparent on "
          "--interface eth0"));
}

TEST(ShellWord, QuotesOnlyWhatAShellWouldTakeApart) {
  EXPECT_EQ(shell_word("10.0.0.3:80"), "10.0.0.3:80");
  EXPECT_EQ(shell_word("a/b_c-d,e=f@g%h+i"), "a/b_c-d,e=f@g%h+i");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("$HOME;`x`\\\"*~"), "'$HOME;`x`\\\"*~'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
}

TEST(PlainText, IsUtf8WithoutControlCharacters) {
  EXPECT_TRUE(is_plain_text(""));
  EXPECT_TRUE(is_plain_text("line\r\n\tline\n"));
  EXPECT_TRUE(is_plain_text("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"));
  EXPECT_FALSE(is_plain_text(std::string_view("a\0b", 3)));
  for (const char* bad : {"\x1b[0m", "\x7f", "\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xff", "\xc3(", "\xe2\x82"}) {
    EXPECT_FALSE(is_plain_text(bad)) << bad;
  }
}

}  // namespace
}  // namespace demo
