#include "control/messages/config_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/messages/translate.h"
#include "demo/control/v1/config.pb.h"
#include "unit/control/filled_message.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(StateJson, NamesFieldsOfALaterVersionAndTakesTheRest) {
  const auto state = state_from_json(R"({"colour": {"a": 1}, "max_connections": "5",
      "listeners": [{"address": "127.0.0.1:80"}, {"address": "127.0.0.1:81", "shape": "round"}]})");
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_THAT(state->unknown, ElementsAre("colour", "listeners[1].shape"));
  EXPECT_EQ(state->config.max_connections, 5U);
  ASSERT_EQ(state->config.listeners.size(), 2U);
  EXPECT_EQ(state->config.listeners[1].address.to_string(), "127.0.0.1:81");
}

TEST(StateJson, KeepsEveryValueBesideAnUnknownField) {
  Config config;
  config.max_connections = 9'007'199'254'740'993;  // no double has it
  config.workers.cores = {3, 1};
  config.client_timeouts.write = std::chrono::milliseconds(1234);
  std::string json = config_to_json(config);
  json.insert(json.find('{') + 1, "\"colour\": 1,");
  const auto state = state_from_json(json);
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->config, config);
}

TEST(StateJson, HasNothingToNameInAStateOfThisVersion) {
  const auto state = state_from_json(config_to_json(Config{}));
  ASSERT_TRUE(state);
  EXPECT_THAT(state->unknown, IsEmpty());
}

TEST(StateJson, TakesNoUnknownValueForADefault) {
  EXPECT_FALSE(state_from_json(R"({"colour": 1, "accept_mode": "ACCEPT_MODE_OF_TOMORROW"})"));
  EXPECT_FALSE(state_from_json(R"({"accept_mode": "ACCEPT_MODE_OF_TOMORROW"})"));
  EXPECT_FALSE(state_from_json(R"({"colour": 1, "listeners": 7})"));
  EXPECT_FALSE(state_from_json("[]"));
  EXPECT_FALSE(state_from_json("{"));
}

// As 0.1.0 wrote it, by protobuf's own mapping.
TEST(StateJson, ReadsWhatEarlierVersionsWrote) {
  const auto state = state_from_json(R"({
 "accept_mode": "ACCEPT_MODE_REUSEPORT_CPU",
 "client_timeouts": {"head": "10s", "write": "1.234s"},
 "response": {"body": "T0sK", "body_size": "20480"},
 "max_connections": "9007199254740993",
 "listeners": [{"address": "127.0.0.1:80", "mode": "LISTENER_MODE_TCP", "kernel": {"busyPoll": "0.000050s"}}]
})");
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->config.accept_mode, AcceptMode::kReuseportCpu);
  EXPECT_EQ(state->config.client_timeouts.write, std::chrono::milliseconds(1234));
  EXPECT_EQ(state->config.response.body, "OK\n");
  EXPECT_EQ(state->config.response.body_size, 20480U);
  EXPECT_EQ(state->config.max_connections, 9'007'199'254'740'993U);
  EXPECT_EQ(state->config.listeners[0].mode, ListenerMode::kTcp);
  EXPECT_EQ(state->config.listeners[0].kernel.busy_poll_us, 50);
}

TEST(StateJson, LeavesOutWhatACoreListExcludes) {
  const auto state = state_from_json(R"({"workers": {"count": 2, "start_core": 1, "cores": [1]}})");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->config.workers, (WorkerPlan{std::nullopt, 0, {1}}));
}

TEST(StateJson, IsWrittenInTheWordsOfTheFlags) {
  Config config;
  config.max_connections = 5;
  const std::string json = config_to_json(config);
  EXPECT_THAT(json, HasSubstr("\"accept_mode\": \"reuseport\""));
  EXPECT_THAT(json, HasSubstr("\"max_connections\": 5,"));
  EXPECT_THAT(json, HasSubstr("\"body\": \"OK\\n\""));
  EXPECT_THAT(json, HasSubstr("\"write\": \"30s\""));
}

TEST(ConfigJson, GivesTheSameConfigurationBack) {
  control::v1::Config filled;
  test::fill_message(filled);
  Config config;
  ASSERT_TRUE(apply_message(filled, "", config));
  config.workers = {std::nullopt, 0, config.workers.cores};
  config.response.body = std::string("\0\xff binary", 9);
  const auto back = state_from_json(config_to_json(config));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->config, config);
}

TEST(ConfigJson, KeepsThatAListenerOfModeAutoForwards) {
  Config config;
  config.listeners.emplace_back().address = *Address::parse(":80");
  config.listeners.emplace_back().address = *Address::parse(":81");
  config.listeners[1].auto_forwards = true;
  EXPECT_EQ(state_from_json(config_to_json(config))->config, config);
}

TEST(ConfigJson, TakesDefaultsForWhatIsAbsent) { EXPECT_EQ(state_from_json("{}")->config, Config{}); }

TEST(ConfigJson, RefusesWhatIsNoConfiguration) {
  EXPECT_FALSE(state_from_json(""));
  EXPECT_FALSE(state_from_json("{\"listeners\": ["));
  const auto bad = state_from_json("{\"listeners\": [{\"address\": \"x\"}]}");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().field, "listeners[0].address");
  EXPECT_THAT(bad.error().message, HasSubstr("listeners[0].address"));
}

}  // namespace
}  // namespace demo
