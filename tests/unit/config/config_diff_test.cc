#include "config/config_diff.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "base/utf8.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Listener compared_listener(const char* address, ListenerMode mode = ListenerMode::kAuto) {
  Listener result;
  result.address = *Address::parse(address);
  result.mode = mode;
  return result;
}

Backend compared_backend(const char* endpoint) {
  Backend result;
  result.endpoint = *Endpoint::parse(endpoint);
  return result;
}

TEST(ConfigDiff, IsEmptyForEqualStates) {
  Config config;
  config.listeners = {compared_listener("127.0.0.1:80")};
  config.pools.emplace_back().backends = {compared_backend("10.0.0.3:80")};
  EXPECT_THAT(diff_config(config, config), IsEmpty());
}

TEST(ConfigDiff, ShowsBothValuesOfAChangedField) {
  Config from;
  Config to;
  to.client_keepalive.enabled = true;
  to.client_timeouts.head = std::chrono::milliseconds(2500);
  to.workers.count = 4;
  to.workers.cores = {2, 0};
  to.response.body_size = 20 * 1024;
  to.response.headers = {{"X-A", "b"}};
  EXPECT_THAT(diff_config(from, to),
              ElementsAre("workers.count: unset -> 4", "workers.cores: unset -> 2,0",
                          "client_keepalive.enabled: false -> true", "client_timeouts.head: 10s -> 2500ms",
                          "response.body_size: 0 -> 20k", "response.headers: none -> \"X-A: b\""));
}

TEST(ConfigDiff, NamesAddedAndRemovedListenersWithWhatIsSpecialAboutThem) {
  Config from;
  from.listeners = {compared_listener("127.0.0.1:80")};
  Config to;
  to.listeners = {compared_listener("127.0.0.1:8081"),
                  compared_listener("127.0.0.1:8082", ListenerMode::kTcp)};
  to.listeners[1].pool = "api";
  EXPECT_THAT(diff_config(from, to),
              ElementsAre("listeners: - 127.0.0.1:80", "listeners: + 127.0.0.1:8081 (auto)",
                          "listeners: + 127.0.0.1:8082 (tcp, pool \"api\")"));
}

TEST(ConfigDiff, NamesChangedFieldsOfAKeptListener) {
  Config from;
  from.listeners = {compared_listener("127.0.0.1:80")};
  Config to = from;
  to.listeners[0].mode = ListenerMode::kServer;
  to.listeners[0].kernel.send_buffer_bytes = 65536;
  EXPECT_THAT(diff_config(from, to),
              ElementsAre("listeners.127.0.0.1:80.mode: auto -> server",
                          "listeners.127.0.0.1:80.kernel.send_buffer_bytes: unset -> 64k"));
}

TEST(ConfigDiff, FollowsPoolsAndTheirBackends) {
  Config from;
  from.pools.emplace_back().backends = {compared_backend("10.0.0.3:80"), compared_backend("10.0.0.4:80")};
  Config to;
  to.pools.emplace_back().backends = {compared_backend("10.0.0.4:80"), compared_backend("10.0.0.5:80")};
  to.pools[0].backends[0].weight = 5;
  to.pools[0].backends[1].backup = true;
  to.pools[0].health.kind = HealthCheckKind::kTcp;
  to.pools.emplace_back().name = "api";
  to.pools[1].backends = {compared_backend("db:80")};
  EXPECT_THAT(diff_config(from, to),
              ElementsAre("pools.default.health.kind: none -> tcp", "pools.default.backends: - 10.0.0.3:80",
                          "pools.default.backends.10.0.0.4:80.weight: 1 -> 5",
                          "pools.default.backends: + 10.0.0.5:80 (backup true)", "pools: + api",
                          "pools.api.backends: + db:80"));
}

TEST(ConfigDiff, IgnoresTheOrderOfListElements) {
  Config from;
  from.listeners = {compared_listener("127.0.0.1:80"), compared_listener("127.0.0.1:81")};
  Config to;
  to.listeners = {from.listeners[1], from.listeners[0]};
  EXPECT_THAT(diff_config(from, to), IsEmpty());
}

TEST(ConfigDiff, CountsInASummaryWhatIsBeyondTheFirstFifty) {
  std::vector<std::string> lines(50, "a: 1 -> 2");
  EXPECT_EQ(summarise_diff({"a", "b"}), "a; b");
  EXPECT_THAT(summarise_diff(lines), testing::EndsWith("; a: 1 -> 2"));
  lines.resize(1000);
  EXPECT_THAT(summarise_diff(lines), testing::EndsWith("; a: 1 -> 2; and 950 more"));
}

TEST(ConfigDiff, CutsLongValuesButSeesChangesBehindTheCut) {
  Config from;
  from.response.body = std::string(1000, 'a');
  Config to = from;
  to.response.body.back() = 'b';
  const auto lines = diff_config(from, to);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_LT(lines[0].size(), 300U);
}

TEST(ConfigDiff, CutsTextWhereACharacterEnds) {
  Config from;
  from.response.body = "x";
  Config to = from;
  to.response.body.clear();
  for (int i = 0; i < 100; ++i) to.response.body += "\xc3\xa9";
  const auto lines = diff_config(from, to);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(is_utf8(lines[0])) << lines[0];
  EXPECT_THAT(lines[0], HasSubstr("\xc3\xa9... (200 bytes)"));
}

TEST(ConfigDiff, TellsOfABodyThatIsNoTextInOneLineOfText) {
  Config from;
  from.response.body = "x";
  Config to = from;
  to.response.body = std::string("\xff\xfePNG\n\0\x1b", 8);
  EXPECT_THAT(diff_config(from, to), ElementsAre("response.body: \"x\" -> \"\\xff\\xfePNG\\x0a\\x00\\x1b\""));
  EXPECT_THAT(diff_config(to, to), IsEmpty());
}

// So many that steps which grow with their square would take minutes.
TEST(ConfigDiff, GoesThroughALargePoolInStepsOfItsSize) {
  Config from;
  from.pools.emplace_back();
  for (int i = 0; i < 100'000; ++i) {
    from.pools[0].backends.emplace_back().endpoint.text = "b" + std::to_string(i);
  }
  Config to = from;
  std::ranges::reverse(to.pools[0].backends);
  to.pools[0].backends.back().weight = 7;
  EXPECT_THAT(diff_config(from, to), ElementsAre("pools.default.backends.b0.weight: 1 -> 7"));
}

}  // namespace
}  // namespace demo
