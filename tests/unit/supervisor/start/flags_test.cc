#include "supervisor/start/flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Result<CommandLine> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "demo-server");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "1.2.3");
}

std::vector<std::string> texts(const std::vector<Address>& addresses) {
  std::vector<std::string> texts;
  for (const Address& address : addresses) texts.push_back(address.to_string());
  return texts;
}

TEST(Flags, TakesSeveralAddressesAfterOneFlagAndRepeatedFlags) {
  const auto line = parse({"-w", "2", "-a", "127.0.0.1:8080", "127.0.0.1:8081", "-x", "127.0.0.1:9000",
                           "127.0.0.1:9001", "-k", "-v", "-a", "[::1]:80", "unix:/tmp/x", ":81"});
  ASSERT_TRUE(line);
  const Flags& flags = line->flags;
  EXPECT_THAT(texts(flags.listen),
              ElementsAre("127.0.0.1:8080", "127.0.0.1:8081", "[::1]:80", "unix:/tmp/x", "0.0.0.0:81"));
  ASSERT_EQ(flags.backends.size(), 2U);
  EXPECT_EQ(flags.backends[1].text, "127.0.0.1:9001");
  EXPECT_EQ(flags.workers, 2U);
  EXPECT_TRUE(flags.keepalive);
  EXPECT_TRUE(flags.verbose);
  EXPECT_FALSE(flags.debug);
}

TEST(Flags, TakesLongNames) {
  const auto line = parse({"--workers=3", "--start-core",  "1",         "--log-file", "/tmp/log",
                           "--listen",    "1.2.3.4:80",    "--backend", "host:80",    "--verbose",
                           "--debug",     "--keepalive",   "--config",  "/c",         "--state-dir",
                           "/s",          "--accept-mode", "shared",    "--control",  "unix:///run/x.sock"});
  ASSERT_TRUE(line);
  const Flags& flags = line->flags;
  EXPECT_EQ(flags.start_core, 1U);
  EXPECT_EQ(flags.log_file, "/tmp/log");
  EXPECT_TRUE(flags.debug);
  EXPECT_EQ(flags.config_file, "/c");
  EXPECT_EQ(flags.state_dir, "/s");
  EXPECT_EQ(flags.accept_mode, AcceptMode::kShared);
  EXPECT_EQ(parse({"--accept-mode", "Shared"})->flags.accept_mode, AcceptMode::kShared);
  EXPECT_EQ(flags.control_path, "/run/x.sock");
}

struct BadLine {
  std::vector<const char*> arguments;
  const char* named;
};
class FlagsRefused : public testing::TestWithParam<BadLine> {};

TEST_P(FlagsRefused, NamesWhatIsWrongInOneLine) {
  const auto line = parse(GetParam().arguments);
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(line.error().message, HasSubstr(GetParam().named));
  EXPECT_EQ(line.error().message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, FlagsRefused,
    testing::Values(
        BadLine{{"-a", "1.2.3.4"}, "1.2.3.4"}, BadLine{{"-a"}, "-a: needs a value, ADDR"},
        BadLine{{"-x", "10.0.0.300:80"}, "10.0.0.300:80"}, BadLine{{"-x", "host:0"}, "host:0"},
        BadLine{{"-w", "many"}, "-w: \"many\": must be a whole number from 1 to 256"},
        BadLine{{"--workers", "0"}, "--workers: \"0\": must be a whole number from 1 to 256"},
        BadLine{{"-w-1"}, "-w: \"-1\": must be a whole number"},
        BadLine{{"-w", "-1"}, "-w: \"-1\": must be a whole number"},
        BadLine{{"-w", "1", "--workers=2"}, "--workers: given twice, \"1\" and \"2\""},
        BadLine{{"-c", "x"}, "-c: \"x\": must be a whole number from 0 to"},
        BadLine{{"--lisen", ":80"}, "--lisen: there is no such flag, did you mean \"--listen\"?"},
        BadLine{{"--accept-mode"},
                "--accept-mode: needs a value, one of shared, exclusive, reuseport, reuseport-cpu"},
        BadLine{{"--accept-mode", "--control", "unix:///x"},
                "--accept-mode: needs a value, one of shared, exclusive, reuseport, reuseport-cpu"},
        BadLine{{"--accept-mode", "reusport"}, "did you mean \"reuseport\"?"},
        BadLine{{"--config", ""}, "--config: needs a value, FILE"},
        BadLine{{"--state-dir="}, "--state-dir: needs a value"}, BadLine{{"-o", ""}, "-o: needs a value"},
        BadLine{{"--keepalive=no"}, "--keepalive: takes no value"},
        BadLine{{"-kw", "x"}, "-w: \"x\": must be"}, BadLine{{"nonsense"}, "\"nonsense\" is not expected"},
        BadLine{{"--", "x"}, "\"x\" is not expected: it belongs to no flag"},
        BadLine{{"-k", "--", "-w"}, "\"-w\" is not expected"}, BadLine{{"--no-such-flag"}, "--no-such-flag"},
        BadLine{{"--accept-mode", "sideways"}, "sideways"}, BadLine{{"--control", "tcp://x"}, "tcp://x"},
        BadLine{{"--control", "unix://relative"}, "unix://relative"},
        BadLine{{"--control-tcp", "unix:/x"}, "--control-tcp"},
        BadLine{{"--control-tcp", "nonsense"}, "nonsense"}, BadLine{{"--tls-key", "/x"}, "--control-tcp"},
        BadLine{{"--insecure-everyone-on-this-host-is-admin"}, "--control-tcp"}));

// What every flag says of a value that is wrong, empty, missing or too much, by the name that was typed.
TEST(FlagVoice, NamesFlagValueAndWhatIsAllowed) {
  struct Flag {
    std::vector<std::string> names;
    std::string form;                // of its value; empty: it takes none
    std::vector<std::string> wrong;  // values that it refuses
    std::string allowed;             // what it says then
  };
  const std::vector<Flag> flags = {
      {{"-w", "--workers"}, "N", {"x", "0", "257", "-1", "1e3", "99999999999999999999"}, "from 1 to 256"},
      {{"-c", "--start-core"}, "N", {"x", "1048576", "-1", "0x1"}, "from 0 to 1048575"},
      {{"-a", "--listen"},
       "ADDR",
       {"x", ":65536", "name:80"},
       "expected 1.2.3.4:80, [::1]:80, :80 or unix:/path"},
      {{"-x", "--backend"}, "ADDR", {"x", ":65536", "a b:80"}, "expected 1.2.3.4:80, name:80, [::1]:80, "},
      {{"--accept-mode"},
       "one of shared, exclusive, reuseport, reuseport-cpu",
       {"x", "both"},
       "one of shared, exclusive, reuseport, reuseport-cpu"},
      {{"--control"}, "unix://PATH", {"x", "unix://x"}, "unix:// and an absolute path"},
      {{"--control-tcp"}, "ADDR", {"x", ":65536"}, "expected 1.2.3.4:80, "},
      {{"-o", "--log-file"}, "FILE", {}, ""},
      {{"--worker-user"}, "NAME", {}, ""},
      {{"--config"}, "FILE", {}, ""},
      {{"--state-dir"}, "DIR", {}, ""},
      {{"--tls-certificate"}, "FILE", {}, ""},
      {{"--tls-key"}, "FILE", {}, ""},
      {{"--tls-client-ca"}, "FILE", {}, ""},
      {{"-k", "--keepalive"}, "", {}, ""},
      {{"-v", "--verbose"}, "", {}, ""},
      {{"-d", "--debug"}, "", {}, ""},
      {{"--check-config"}, "", {}, ""},
      {{"--ignore-state"}, "", {}, ""},
      {{"--insecure-everyone-on-this-host-is-admin"}, "", {}, ""},
  };
  const auto told = [](const std::vector<const char*>& words) {
    const auto line = parse(words);
    return line ? "taken" : line.error().message;
  };
  for (const Flag& flag : flags) {
    for (const std::string& name : flag.names) {
      const std::string given = name + "=x";
      if (flag.form.empty() && name.starts_with("--")) {
        EXPECT_THAT(told({given.c_str()}), StartsWith(name + ": takes no value;"));
      }
      if (flag.form.empty()) continue;
      // Whether a file is one shows when it is read: tests/integration/test_every_option.py; a user, when one
      // is looked for: worker_user_test.cc.
      EXPECT_TRUE(!flag.wrong.empty() || flag.form == "FILE" || flag.form == "DIR" || flag.form == "NAME")
          << name;
      const std::string needs = fmt::format("{}: needs a value, {};", name, flag.form);
      EXPECT_THAT(told({name.c_str()}), StartsWith(needs));
      EXPECT_THAT(told({name.c_str(), ""}), StartsWith(needs));
      for (const std::string& value : flag.wrong) {
        const std::string message = told({name.c_str(), value.c_str()});
        EXPECT_TRUE(message.starts_with(name + ": ")) << message;
        EXPECT_THAT(message, HasSubstr(fmt::format("\"{}\"", value)));
        EXPECT_THAT(message, HasSubstr(flag.allowed));
      }
    }
  }
  // Every flag of the help is among them.
  std::string known = " --help --version ";
  for (const Flag& flag : flags) known += fmt::format("{} ", fmt::join(flag.names, " "));
  const std::string help = *parse({"--help"})->print;
  for (std::size_t at = help.find("  --"); at != std::string::npos; at = help.find("  --", at + 1)) {
    const std::string name = help.substr(at + 2, help.find_first_of(" ,\n", at + 2) - at - 2);
    EXPECT_THAT(known, HasSubstr(" " + name + " "));
  }
}

TEST(Flags, PrintsHelpAndVersion) {
  EXPECT_EQ(*parse({"--version"})->print, "demo-server 1.2.3\n");
  const std::string help = *parse({"--help"})->print;
  for (const char* const part : {"--listen", "--backend", "Examples:", "demo-server -w 2"}) {
    EXPECT_THAT(help, HasSubstr(part));
  }
}

Config applied(std::vector<const char*> arguments, Config config = {}) {
  return apply_flags(std::move(config), parse(std::move(arguments))->flags);
}

TEST(ApplyFlags, ListensOnPort80ByDefault) {
  const Config config = applied({});
  ASSERT_EQ(config.listeners.size(), 1U);
  EXPECT_EQ(config.listeners[0].address.to_string(), "0.0.0.0:80");
  EXPECT_EQ(config.listeners[0].mode, ListenerMode::kAuto);
  EXPECT_FALSE(config.client_keepalive.enabled);
}

TEST(ApplyFlags, KeepsWhatTheFileSaysWhereNoFlagIsGiven) {
  Config file;
  file.listeners.push_back({});
  file.listeners[0].address = *Address::parse("127.0.0.1:1");
  file.workers.cores = {1, 2};
  file.client_keepalive.enabled = true;
  file.accept_mode = AcceptMode::kShared;
  EXPECT_EQ(applied({}, file), file);
}

TEST(ApplyFlags, ReplacesTheListenersOfTheFileButKeepsTheirSettings) {
  Config file;
  Listener raw;
  raw.address = *Address::parse("127.0.0.1:1");
  raw.mode = ListenerMode::kRaw;
  file.listeners.push_back(raw);
  const Config config = applied({"-a", "127.0.0.1:2", "127.0.0.1:1"}, file);
  ASSERT_EQ(config.listeners.size(), 2U);
  EXPECT_EQ(config.listeners[0].mode, ListenerMode::kAuto);
  EXPECT_EQ(config.listeners[1], raw);
}

TEST(ApplyFlags, MakesTheDefaultPoolOfTheBackends) {
  const Config config = applied({"-x", "127.0.0.1:9000", "127.0.0.1:9001"});
  ASSERT_EQ(config.pools.size(), 1U);
  EXPECT_EQ(config.pools[0].name, "default");
  ASSERT_EQ(config.pools[0].backends.size(), 2U);
  EXPECT_EQ(config.pools[0].backends[1].endpoint.text, "127.0.0.1:9001");
}

TEST(ApplyFlags, ReplacesTheBackendsOfTheFileButKeepsTheirSettings) {
  Config file;
  Pool pool;
  pool.policy = BalancePolicy::kUriHash;
  Backend backend;
  backend.endpoint = *Endpoint::parse("127.0.0.1:9000");
  backend.weight = 7;
  pool.backends = {backend, backend};
  file.pools.push_back(pool);
  const Config config = applied({"-x", "127.0.0.1:9000"}, file);
  ASSERT_EQ(config.pools.at(0).backends.size(), 1U);
  EXPECT_EQ(config.pools[0].backends[0].weight, 7U);
  EXPECT_EQ(config.pools[0].policy, BalancePolicy::kUriHash);
}

TEST(ApplyFlags, LetsWorkerFlagsWinOverACoreList) {
  Config file;
  file.workers.cores = {1, 2};
  const Config config = applied({"-w", "3"}, file);
  EXPECT_TRUE(config.workers.cores.empty());
  EXPECT_EQ(config.workers.count, 3U);
}

TEST(ApplyFlags, TurnsDebugAndKeepaliveOn) {
  const Config config = applied({"-d", "-k", "--accept-mode", "reuseport-cpu", "-c", "1"});
  EXPECT_EQ(config.log_level, LogLevel::kDebug);
  EXPECT_TRUE(config.client_keepalive.enabled);
  EXPECT_EQ(config.accept_mode, AcceptMode::kReuseportCpu);
  EXPECT_EQ(config.workers.start_core, 1U);
}

TEST(FlagsInTypedWords, NamesTheFlagInPlaceOfTheValueThatItGives) {
  const Flags flags = parse({"-w", "9", "-c", "1", "-a", ":80"})->flags;
  const auto told = [&](std::string field, std::string message) {
    return in_typed_words(invalid(std::move(field), "9", std::move(message)), flags).message;
  };
  EXPECT_EQ(told("workers.count", "workers.count is \"9\": must be less"), "-w: \"9\": must be less");
  EXPECT_EQ(told("workers.start_core", "start core 9 does not exist here"),
            "-c: start core 9 does not exist here");
  EXPECT_EQ(told("listeners.0.0.0.0:80.address", "listeners.0.0.0.0:80.address is \"x\": twice"),
            "-a: \"x\": twice");
  const Flags files = parse({"-o", "/l", "--state-dir", "/s", "--config", "/c"})->flags;
  EXPECT_EQ(in_typed_words(invalid("log_file", "/l", "cannot write /l"), files).message,
            "-o: cannot write /l");
  EXPECT_EQ(in_typed_words(invalid("state_dir", "/s", "no"), files).message, "--state-dir: no");
  EXPECT_EQ(in_typed_words(invalid("config", "/c", "cannot read /c: no"), files).message,
            "--config: cannot read /c: no");
  EXPECT_EQ(in_typed_words(invalid("", "", "/c:1:2: no"), files).message, "/c:1:2: no");
  EXPECT_EQ(told("response.status", "response.status is \"9\": no"), "response.status is \"9\": no");
}

}  // namespace
}  // namespace demo
