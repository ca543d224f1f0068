#include "supervisor/listening/open_handshakes.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

constexpr std::uint64_t kCost = 1000;  // nanoseconds that a question takes

class OpenHandshakesTest : public testing::Test {
 protected:
  bool possible(std::uint16_t port) { return handshakes_.possible(port, handshakes_.asked()); }
  void rest() { now_ += kCost * OpenHandshakes::kRest; }

  std::optional<std::set<std::uint16_t>> open_ = std::set<std::uint16_t>{80};
  std::uint64_t now_ = 1;
  OpenHandshakes handshakes_{[this] {
                               now_ += kCost;
                               return open_;
                             },
                             [this] { return now_; }};
};

TEST_F(OpenHandshakesTest, TellsWhatTheKernelSays) {
  EXPECT_TRUE(possible(80));
  rest();
  EXPECT_FALSE(possible(81));
  rest();
  open_->clear();
  EXPECT_FALSE(possible(80));
  rest();
  open_.reset();
  EXPECT_TRUE(possible(80)) << "the kernel does not tell";
}

TEST_F(OpenHandshakesTest, RestsByWhatTheLastQuestionCostAndSupposesTheWorseMeanwhile) {
  open_->clear();
  EXPECT_FALSE(possible(80));
  EXPECT_TRUE(possible(80));
  now_ += kCost * OpenHandshakes::kRest - 1;
  EXPECT_TRUE(possible(81)) << "one share for all ports";
  EXPECT_EQ(handshakes_.asked(), 1U);
  ++now_;
  EXPECT_FALSE(possible(81));
}

TEST_F(OpenHandshakesTest, OneAnswerIsForAllPortsThatTookNoNewClientsBeforeIt) {
  const std::uint64_t before = handshakes_.asked();
  for (std::uint16_t port = 81; port < 2081; ++port) EXPECT_FALSE(handshakes_.possible(port, before));
  EXPECT_TRUE(handshakes_.possible(80, before));
  EXPECT_EQ(handshakes_.asked(), 1U);
  EXPECT_TRUE(possible(81)) << "handshakes may have begun after the answer";
  rest();
  EXPECT_FALSE(handshakes_.possible(81, 1));
  EXPECT_EQ(handshakes_.asked(), 2U);
}

}  // namespace
}  // namespace demo
