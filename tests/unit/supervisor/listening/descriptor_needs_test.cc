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

constexpr DescriptorLimits kSmall{384, 512};

TEST(DescriptorNeeds, SupervisorHasEverySocket) {
  const Config before = listening(1);
  const Config next = listening(200);
  const Status checked = check_in_supervisor({before, 2}, {next, 2}, kSmall);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kResourceExhausted);
  EXPECT_THAT(checked.error().message,
              testing::HasSubstr("the supervisor may open 384 descriptors, enough for 160;"));
  const Config fits = listening(160);
  EXPECT_TRUE(check_in_supervisor({before, 2}, {fits, 2}, kSmall));
  const Config one_more = listening(161);
  EXPECT_FALSE(check_in_supervisor({before, 2}, {one_more, 2}, kSmall));
  const Config shared = listening(250, AcceptMode::kShared);
  EXPECT_TRUE(check_in_supervisor({before, 2}, {shared, 2}, kSmall));
}

TEST(DescriptorNeeds, WorkerHasItsOwnAndThoseOfOneThatDied) {
  const Config before = listening(1);
  const Config fits = listening(216, AcceptMode::kShared);
  EXPECT_TRUE(check_in_worker({before, 2}, {fits, 2}, kSmall));
  const Config one_more = listening(217, AcceptMode::kShared);
  const Status checked = check_in_worker({before, 2}, {one_more, 2}, kSmall);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message,
              testing::HasSubstr("a worker may open 512 descriptors, enough for 216;"));
  Config forwarding = fits;
  forwarding.pools.emplace_back();
  EXPECT_FALSE(check_in_worker({before, 2}, {forwarding, 2}, kSmall));
}

TEST(DescriptorNeeds, MoreWorkersNeedMoreSockets) {
  const Config config = listening(100);
  EXPECT_TRUE(check_in_supervisor({config, 2}, {config, 3}, kSmall));
  EXPECT_FALSE(check_in_supervisor({config, 2}, {config, 8}, kSmall));
}

TEST(DescriptorNeeds, WhatRunsAlreadyRefusesNoOtherChange) {
  const Config before = listening(250);
  Config next = before;
  next.log_level = LogLevel::kDebug;
  for (const std::size_t workers : {2, 1}) {
    EXPECT_TRUE(check_in_supervisor({before, 2}, {next, workers}, kSmall));
    EXPECT_TRUE(check_in_worker({before, 2}, {next, workers}, kSmall));
    next.listeners.pop_back();
  }
}

TEST(DescriptorNeeds, NumberThatWouldFitIsNotToldWhereMoreRun) {
  const Config before = listening(5);
  const Config next = listening(6);
  const Status checked = check_in_supervisor({before, 2}, {next, 2}, {70, 512});
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, testing::HasSubstr("may open 70 descriptors;"));
}

}  // namespace
}  // namespace demo
