#include "config/config_toml.h"

#include <gmock/gmock.h>

#include "config/auto_mode.h"
#include "config/config_diff.h"
#include "config/config_file.h"
#include "config/toml_text.h"
#include "text/base64.h"
#include "unit/config/random_config.h"

namespace demo {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Result<ConfigFile> read_back(const std::string& text) {
  return load_config_text(text, "test.toml",
                          [](const std::string&) -> Result<std::string> { return Error{}; });
}

TEST(ConfigToml, IsEmptyForTheDefaultsButSaysThatThereIsNoListener) {
  EXPECT_EQ(config_to_toml(Config{}, ""), "listener = []  # nowhere; without this line: 0.0.0.0:80\n");
}

TEST(ConfigToml, WritesWhatDiffersWithItsDefault) {
  Config config;
  config.accept_mode = AcceptMode::kShared;
  config.client_keepalive.idle_timeout = std::chrono::milliseconds(90'500);
  config.workers.count = 4;
  config.response.body_size = 20 * 1024;
  config.pools.emplace_back().name = "api";
  config.pools[0].backends.emplace_back().endpoint = *Endpoint::parse("10.0.0.3:80");
  config.pools[0].backends[0].weight = 5;
  config.listeners.emplace_back().address = *Address::parse("127.0.0.1:80");
  config.listeners[0].kernel.backlog = 7;
  EXPECT_EQ(config_to_toml(config, "one\n\ntwo"),
            "# one\n#\n# two\n\n"
            "accept_mode = \"shared\"  # default: \"reuseport\"\n"
            "\n[workers]\ncount = 4  # default: unset\n"
            "\n[client_keepalive]\nidle_timeout = \"90500ms\"  # default: \"1m\"\n"
            "\n[response]\nbody_size = \"20k\"  # default: 0\n"
            "\n[[listener]]\naddress = \"127.0.0.1:80\"\n"
            "\n[listener.kernel]\nbacklog = 7  # default: 4096\n"
            "\n[[pool]]\nname = \"api\"\n"
            "\n[[pool.backend]]\naddress = \"10.0.0.3:80\"\nweight = 5  # default: 1\n");
}

TEST(ConfigToml, IsReadBackAsTheSameState) {
  test::RandomConfigs configs(20261128);
  for (int i = 0; i < 120; ++i) {
    const Config config = configs.next();
    const std::string text = config_to_toml(config, "");
    const auto back = read_back(text);
    ASSERT_TRUE(back) << back.error().message << '\n' << text;
    ASSERT_EQ(back->config, config) << text << testing::PrintToString(diff_config(config, back->config));
    ASSERT_EQ(back->listens_nowhere, config.listeners.empty());
  }
}

TEST(ConfigToml, HoldsTheLargestNumbers) {
  Config config;
  config.max_connections = ~std::uint64_t{0};
  config.client_keepalive.max_requests = std::uint64_t{1} << 63;
  const auto back = read_back(config_to_toml(config, ""));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->config, config);
}

TEST(ConfigToml, HoldsABodyThatIsNoText) {
  Config config;
  for (int byte = 0; byte < 256; ++byte) config.response.body += static_cast<char>(byte);
  const std::string text = config_to_toml(config, "");
  EXPECT_THAT(text, HasSubstr("body_base64 = "));
  const auto back = read_back(text);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->config, config);
}

TEST(ConfigToml, HoldsMoreDotsThanALineMayHave) {
  Config config;
  config.response.body = std::string(100'000, '.');
  const auto back = read_back(config_to_toml(config, ""));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->config, config);
}

TEST(ConfigToml, TellsWhatModeAutoWasDecidedToMean) {
  Config config;
  config.listeners.emplace_back().address = *Address::parse("127.0.0.1:80");
  EXPECT_THAT(config_to_toml(config, ""), Not(HasSubstr("Forwards")));
  config.listeners[0].auto_forwards = true;
  EXPECT_THAT(config_to_toml(config, ""), HasSubstr("# Forwards, though its pool has no backend any more"));
  config.pools.emplace_back().backends.emplace_back().endpoint = *Endpoint::parse("127.0.0.1:81");
  EXPECT_THAT(config_to_toml(config, ""), Not(HasSubstr("Forwards")));
}

TEST(TomlString, SteersNoTerminal) {
  EXPECT_EQ(toml_string("a\x1b[2J\xC2\x9B\xE2\x80\xAE\n\"\\ \xE2\x82\xAC"),
            "\"a\\U0000001B[2J\\U0000009B\\U0000202E\\n\\\"\\\\ \xE2\x82\xAC\"");
}

TEST(Base64, IsThatOfTheRfc) {
  EXPECT_EQ(text::to_base64("f"), "Zg==");
  EXPECT_EQ(text::to_base64("fo"), "Zm8=");
  EXPECT_EQ(text::to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(text::from_base64("Zm8="), "fo");
  EXPECT_EQ(text::from_base64("Zg=="), "f");
  EXPECT_EQ(text::from_base64(""), "");
  for (const char* wrong : {"Zg", "Zg=", "Zh==", "Z", "Z===", "Zg==\n", "Zm 8=", "=", "Zm9vYg==Zg=="}) {
    EXPECT_FALSE(text::from_base64(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace demo
