#include <gtest/gtest.h>

#include <set>
#include <string>

#include "config/accept_mode.h"
#include "config/backend.h"
#include "config/listener.h"
#include "config/pool.h"
#include "text/letter_case.h"

namespace demo {
namespace {

// Each of the first `count` values of an enum has a name of its own that parses back; nothing else does.
template <typename Enum>
void expect_names(std::uint8_t count) {
  std::set<std::string> names;
  for (std::uint8_t number = 0; number < count; ++number) {
    const auto value = static_cast<Enum>(number);
    const std::string name(to_string(value));
    EXPECT_EQ(parse_word<Enum>(name), value) << name;
    EXPECT_EQ(text::small_letters(name), name);  // so what reads people's letters of either case finds it
    names.insert(name);
  }
  EXPECT_EQ(names.size(), count);
  EXPECT_EQ(to_string(static_cast<Enum>(count)), "unknown");
  for (const char* text : {"", "unknown", "Auto", "server ", "x"})
    EXPECT_FALSE(parse_word<Enum>(text)) << text;
}

TEST(Names, RoundTripForEveryEnum) {
  expect_names<AcceptMode>(4);
  expect_names<ListenerMode>(5);
  expect_names<BackendState>(3);
  expect_names<BalancePolicy>(5);
  expect_names<HealthCheckKind>(3);
  expect_names<SendProxyProtocol>(3);
}

TEST(Names, AreTheDocumentedOnes) {
  EXPECT_EQ(to_string(AcceptMode::kReuseportCpu), "reuseport-cpu");
  EXPECT_EQ(to_string(ListenerMode::kTcp), "tcp");
  EXPECT_EQ(to_string(BackendState::kMaintenance), "maintenance");
  EXPECT_EQ(to_string(BalancePolicy::kRandomTwoChoices), "random-two-choices");
  EXPECT_EQ(to_string(HealthCheckKind::kHttp), "http");
  EXPECT_EQ(to_string(SendProxyProtocol::kV2), "v2");
}

TEST(Names, TellWhichAcceptModesHaveASocketAWorker) {
  EXPECT_FALSE(has_socket_per_worker(AcceptMode::kShared));
  EXPECT_FALSE(has_socket_per_worker(AcceptMode::kExclusive));
  EXPECT_TRUE(has_socket_per_worker(AcceptMode::kReuseport));
  EXPECT_TRUE(has_socket_per_worker(AcceptMode::kReuseportCpu));
}

}  // namespace
}  // namespace demo
