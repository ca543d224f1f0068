#include "supervisor/listening/descriptor_needs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace demo {
namespace {

Config listening(std::size_t listeners, AcceptMode mode = AcceptMode::kReuseport) {
  Config config;
  for (std::size_t i = 0; i < listeners; ++i) {
    Listener& listener = config.listeners.emplace_back();
    listener.address = *Address::parse(fmt::format("127.0.0.1:{}", 1000 + i));
    listener.accept_mode = mode;
  }
  return config;
}

constexpr DescriptorLimits kSmall{500, 512};

TEST(DescriptorNeeds, SaysHowManyListenersWouldFit) {
  const Config before = listening(1);
  const Config next = listening(240);
  const Status checked = check_descriptors({before, 2}, {next, 2}, kSmall);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kResourceExhausted);
  // In a worker, beside its reserve and the least connections: its own socket and that of one that died.
  EXPECT_THAT(checked.error().message, testing::HasSubstr("but for 216"));
  const Config fits = listening(216);
  EXPECT_TRUE(check_descriptors({before, 2}, {fits, 2}, kSmall));
  const Config one_more = listening(217);
  EXPECT_FALSE(check_descriptors({before, 2}, {one_more, 2}, kSmall));
}

TEST(DescriptorNeeds, SharedSocketsAreLimitedByTheWorker) {
  const Config before = listening(1);
  const Config fits = listening(216, AcceptMode::kShared);
  EXPECT_TRUE(check_descriptors({before, 2}, {fits, 2}, kSmall));
  const Config one_more = listening(217, AcceptMode::kShared);
  EXPECT_FALSE(check_descriptors({before, 2}, {one_more, 2}, kSmall));
  Config forwarding = listening(216, AcceptMode::kShared);
  forwarding.pools.emplace_back();
  EXPECT_FALSE(check_descriptors({before, 2}, {forwarding, 2}, kSmall));
}

TEST(DescriptorNeeds, MoreWorkersNeedMoreSockets) {
  const Config config = listening(100);
  EXPECT_TRUE(check_descriptors({config, 2}, {config, 3}, kSmall));
  EXPECT_FALSE(check_descriptors({config, 2}, {config, 8}, kSmall));
}

TEST(DescriptorNeeds, WhatRunsAlreadyRefusesNoOtherChange) {
  const Config before = listening(250);
  Config next = before;
  next.log_level = LogLevel::kDebug;
  EXPECT_TRUE(check_descriptors({before, 2}, {next, 2}, kSmall));
  next.listeners.pop_back();
  EXPECT_TRUE(check_descriptors({before, 2}, {next, 2}, kSmall));
  EXPECT_TRUE(check_descriptors({before, 8}, {next, 2}, kSmall));
}

}  // namespace
}  // namespace demo
