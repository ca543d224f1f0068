#include "control/known_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/config_json.h"

namespace demo {
namespace {

using testing::ElementsAre;
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

}  // namespace
}  // namespace demo
