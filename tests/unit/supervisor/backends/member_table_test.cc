#include "supervisor/backends/member_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"

namespace demo {
namespace {

class MemberTableTest : public testing::Test {
 protected:
  static Config config_of(std::size_t backends) {
    Config config;
    config.pools.emplace_back().name = "p";
    for (std::size_t i = 0; i < backends; ++i) {
      Backend backend;
      backend.endpoint = *Endpoint::parse(fmt::format("10.0.{}.{}:80", i / 250, i % 250 + 1));
      config.pools.front().backends.push_back(backend);
    }
    return config;
  }

  boost::asio::io_context loop_;
  std::vector<std::string> events_;
  MemberTable table_{
      loop_,
      {},
      {[] {},
       [this](EventKind, const std::string&, const std::string& message) { events_.push_back(message); },
       [](std::uint32_t) {},
       {}}};
};

TEST_F(MemberTableTest, TellsOnceThatThereAreTooManyAddresses) {
  table_.configure(config_of(limits::kBackendMembers + 1));
  table_.look_for_places();
  table_.look_for_places();
  EXPECT_EQ(events_.size(), 1U);
}

TEST_F(MemberTableTest, TellsAnotherNumberOfTooManyAddresses) {
  table_.configure(config_of(limits::kBackendMembers + 1));
  table_.configure(config_of(limits::kBackendMembers + 2));
  table_.configure(config_of(1));
  table_.configure(config_of(limits::kBackendMembers + 2));
  EXPECT_EQ(events_.size(), 3U);
}

}  // namespace
}  // namespace demo
