#include "export/export_commands.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <memory>

#include "export/shell_word.h"
#include "text/base64.h"
#include "values/field_value.h"
#include "values/setting.h"

namespace demo::ctl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A state in which the values at these paths are set, as democtl takes them.
using Values = std::vector<std::pair<const char*, const char*>>;

void set_all(google::protobuf::Message& message, const Values& values) {
  for (const auto& [path, text] : values) set_field(message, path, text);
}

api::Config config_with(const Values& values) {
  api::Config config;
  set_all(config, values);
  return config;
}

api::Listener& add_listener(api::Config& config, const char* address, const Values& values = {}) {
  api::Listener& listener = *config.add_listeners();
  listener.set_address(address);
  set_all(listener, values);
  return listener;
}

api::Pool& add_pool(api::Config& config, const char* name, const Values& values = {}) {
  api::Pool& pool = *config.add_pools();
  pool.set_name(name);
  set_all(pool, values);
  return pool;
}

void add_backend(api::Pool& pool, const char* endpoint, const Values& values = {}) {
  api::Backend& backend = *pool.add_backends();
  backend.set_endpoint(endpoint);
  set_all(backend, values);
}

TEST(ExportCommands, AreNoneForTheDefaults) {
  EXPECT_THAT(export_commands(api::Config()), IsEmpty());
  EXPECT_THAT(export_commands(config_with({{"accept_mode", "reuseport"},
                                           {"client_keepalive.enabled", "off"},
                                           {"client_timeouts.head", "10s"},
                                           {"response.body_size", "0"}})),
              IsEmpty());
}

TEST(ExportCommands, KeepAListenerForwardingWhoseBackendsAreGone) {
  api::Config config;
  api::Listener& listener = add_listener(config, "127.0.0.1:80", {{"pool", "default"}});
  EXPECT_THAT(export_commands(config), ElementsAre("democtl add-listener 127.0.0.1:80"));
  listener.set_auto_forwards(true);
  api::Pool& pool = add_pool(config, "default");
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-pool default", "democtl add-listener 127.0.0.1:80 --mode proxy",
                          "democtl set-listener 127.0.0.1:80 --mode auto"));
  add_backend(pool, "127.0.0.1:81");
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-backend 127.0.0.1:81", "democtl add-listener 127.0.0.1:80"));
}

TEST(ExportCommands, KeepAListenerForwardingWhosePoolIsGone) {
  api::Config config;
  add_listener(config, "127.0.0.1:80", {{"pool", "gone"}}).set_auto_forwards(true);
  add_listener(config, "127.0.0.1:81", {{"pool", "for-a-moment"}});
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-pool for-a-moment-",
                          "democtl add-listener 127.0.0.1:80 --mode proxy --pool for-a-moment-",
                          "democtl set-listener 127.0.0.1:80 --mode auto --pool gone",
                          "democtl add-listener 127.0.0.1:81 --pool for-a-moment",
                          "democtl remove-pool for-a-moment-"));
  add_pool(config, "api");
  config.mutable_listeners()->RemoveLast();
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-pool api", "democtl add-pool for-a-moment",
                          "democtl add-listener 127.0.0.1:80 --mode proxy --pool for-a-moment",
                          "democtl set-listener 127.0.0.1:80 --mode auto --pool gone",
                          "democtl remove-pool for-a-moment"));
}

TEST(ExportCommands, SetEverySingleValue) {
  api::Config config = config_with({{"workers.count", "4"},
                                    {"workers.start_core", "2"},
                                    {"accept_mode", "exclusive"},
                                    {"log_level", "debug"},
                                    {"client_timeouts.head", "5s"},
                                    {"client_timeouts.write", "500ms"},
                                    {"max_connections", "20000"},
                                    {"client_keepalive.enabled", "on"},
                                    {"client_keepalive.idle_timeout", "15s"},
                                    {"client_keepalive.max_requests", "1000"},
                                    {"backend_keepalive.enabled", "off"},
                                    {"forwarding.x_forwarded", "on"},
                                    {"forwarding.via", "on"},
                                    {"response.status", "503"},
                                    {"response.shaping", "off"}});
  config.mutable_response()->set_body("it's\nlate");
  for (const auto& [name, value] : {std::pair("X-A", "b"), std::pair("X-B", "c")}) {
    api::Header& header = *config.mutable_response()->add_headers();
    header.set_name(name);
    header.set_value(value);
  }
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
  EXPECT_THAT(export_commands(config_with({{"client_keepalive.enabled", "off"},
                                           {"client_keepalive.idle_timeout", "15s"},
                                           {"backend_keepalive.enabled", "on"},
                                           {"backend_keepalive.idle_timeout", "2s"}})),
              ElementsAre("democtl keepalive off --idle-timeout 15s",
                          "democtl keepalive on --side backend --idle-timeout 2s"));
}

TEST(ExportCommands, PreferTheCoreListThatOutweighsTheCount) {
  api::Config config = config_with({{"workers.count", "4"}, {"workers.start_core", "2"}});
  config.mutable_workers()->add_cores(0);
  config.mutable_workers()->add_cores(2);
  EXPECT_THAT(export_commands(config), ElementsAre("democtl set-workers --cores 0,2"));
}

TEST(ExportCommands, SetTheSizeAfterTheBodyThatItReplaces) {
  api::Config config = config_with({{"response.body_size", "20k"}});
  config.mutable_response()->set_body("x");
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl set-response --text x", "democtl set-response --body-size 20k"));
}

TEST(ExportCommands, WriteABodyThatIsNoTextByPrintf) {
  api::Config config;
  config.mutable_response()->set_body(std::string("-\0\xff%d\\'-\n\xc2\x9b", 11));
  EXPECT_THAT(
      export_commands(config),
      ElementsAre(R"(printf '\055\000\377%%d\134\047-\012\302\233' | democtl set-response --file -)"));
}

TEST(ExportCommands, QuoteWhatIsNoTextSoThatItCanBeShown) {
  api::Config config;
  add_pool(config, "a'\\\x1b\xc2\x9b\xff\xc3\xa9");
  EXPECT_THAT(export_commands(config),
              ElementsAre("democtl add-pool 'a'\\''\\'\"$(printf '\\033\\302\\233\\377')\"'\xc3\xa9'"));
}

TEST(ExportCommands, PipeABodyThatDoesNotFitACommandLine) {
  api::Config config;
  config.mutable_response()->set_body(std::string(100'001, 'x'));
  EXPECT_THAT(export_commands(config), ElementsAre("printf %s " + text::to_base64(config.response().body()) +
                                                   " | base64 -d | democtl set-response --file -"));
}

TEST(ExportCommands, MakePoolsWithTheirBackendsBeforeTheListenersThatUseThem) {
  api::Config config;
  add_listener(config, "0.0.0.0:80");
  add_listener(config, "[::1]:5432", {{"mode", "tcp"}, {"pool", "db"}});
  api::Pool& web = add_pool(config, "default");
  add_backend(web, "10.0.0.3:80");
  add_backend(web, "web:80", {{"weight", "5"}, {"backup", "on"}});
  add_backend(add_pool(config, "db", {{"policy", "least-connections"}}), "unix:/run/db.sock",
              {{"max_connections", "100"}, {"state", "maintenance"}});
  add_pool(config, "empty");
  EXPECT_THAT(
      export_commands(config),
      ElementsAre("democtl add-backend 10.0.0.3:80", "democtl add-backend web:80 --weight 5 --backup on",
                  "democtl add-pool db --policy least-connections",
                  "democtl add-backend unix:/run/db.sock --pool db --max-connections 100 --state maintenance",
                  "democtl add-pool empty", "democtl add-listener 0.0.0.0:80",
                  "democtl add-listener '[::1]:5432' --mode tcp --pool db"));
}

// Whatever setting.proto names an option for: a field that is added later comes here too.
TEST(ExportCommands, KnowTheOptionOfEverySetting) {
  const Values others = {{"on|off", ""},      {"DURATION", "7s"}, {"SIZE", "64k"}, {"N", "7"},
                         {"STATUSES", "501"}, {"PATH", "/up"},    {"NAME", "x"},   {"POOL", "p"}};
  for (const google::protobuf::Descriptor* type : {api::Pool::descriptor(), api::Listener::descriptor()}) {
    api::Config config;
    const bool is_pool = type == api::Pool::descriptor();
    google::protobuf::Message& message =
        is_pool ? static_cast<google::protobuf::Message&>(*config.add_pools()) : *config.add_listeners();
    set_field(message, is_pool ? "name" : "address", "x");
    std::string expected = is_pool ? "democtl add-pool x" : "democtl add-listener x";
    for (const std::string& path : setting_paths(*type)) {
      const api::Setting& setting = setting_of(*type, path);
      const std::string shown = setting.value().empty() ? field_placeholder(message, path) : setting.value();
      std::string value = shown.substr(shown.rfind('|') + 1);
      for (const auto& [placeholder, other] : others) {
        if (shown == placeholder) value = other;
      }
      if (shown == "on|off") value = setting.default_() == "on" ? "off" : "on";
      set_field(message, path, value);
      expected += " " + setting.option() + " " + value;
    }
    EXPECT_THAT(export_commands(config), ElementsAre(expected));
  }
}

TEST(ShellWord, ShowsNoControlCharacterToATerminal) {
  EXPECT_EQ(shell_word("unix:/a\x1b[2J'\\"), "'unix:/a'\"$(printf '\\033')\"'[2J'\\''\\'");
  EXPECT_EQ(shell_word("two\nlines"), "'two\nlines'");
  // With something that steers it no line ends either, and none that a shell would drop.
  EXPECT_EQ(shell_word("a\nb\x1b\n"), "'a'\"$(printf '\\012\\142\\033')\"'\n'");
  EXPECT_EQ(shell_word("\x1b"), "\"$(printf '\\033')\"");
}

// What the shell of this host makes of the word.
std::string read_by_a_shell(const std::string& word) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(("printf %s " + word).c_str(), "r"), ::pclose);
  std::string text;
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) text += static_cast<char>(c);
  return text;
}

TEST(ShellWord, IsReadBackByAShell) {
  for (const std::string text :
       std::initializer_list<const char*>{"plain", "it's", "$HOME `x` \\", "two\nlines\n", "a\nb\x1b\n",
                                          "\x1b", "\x1b\n\n", "\xff'\n\t%d\\", "\x1b\nx\x7f\n\n\xc2\x9by"}) {
    EXPECT_EQ(read_by_a_shell(shell_word(text)), text) << shell_word(text);
  }
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
}  // namespace demo::ctl
