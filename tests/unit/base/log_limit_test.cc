#include "base/log_limit.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kSecondNs = 1'000'000'000;

std::vector<std::string>& limited_lines() {
  static std::vector<std::string> kept;
  return kept;
}

class LogLimitTest : public testing::Test {
 protected:
  LogLimitTest() {
    limited_lines().clear();
    set_log_sink([](LogLevel, std::string_view line) { limited_lines().emplace_back(line); });
  }
  ~LogLimitTest() override {
    set_log_sink(stderr_sink);
    set_log_level(LogLevel::kInfo);
  }
  LogLimit limit_;
};

TEST_F(LogLimitTest, LetsTheFirstLinePassAtAnyTime) {
  limit_.log(0, LogLevel::kError, "no {}", "room");
  EXPECT_THAT(limited_lines(), ElementsAre("no room"));
}

TEST_F(LogLimitTest, LetsOneLinePassInTenSecondsAndCountsTheOthers) {
  for (std::uint64_t i = 0; i < 25; ++i) limit_.log(kSecondNs * i, LogLevel::kError, "{}", i);
  EXPECT_THAT(limited_lines(), ElementsAre("0", "10 (9 more lines like this were left out before it)",
                                           "20 (9 more lines like this were left out before it)"));
}

TEST_F(LogLimitTest, CountsNoLineThatNobodyWantsToSee) {
  set_log_level(LogLevel::kError);
  limit_.log(0, LogLevel::kWarning, "unseen");
  EXPECT_THAT(limited_lines(), IsEmpty());
  limit_.log(0, LogLevel::kError, "seen");
  EXPECT_THAT(limited_lines(), ElementsAre("seen"));
}

}  // namespace
}  // namespace demo
