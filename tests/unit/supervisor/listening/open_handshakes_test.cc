#include "supervisor/listening/open_handshakes.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

constexpr std::uint64_t kCost = 1000;  // nanoseconds that a question takes

class OpenHandshakesTest : public testing::Test {
 protected:
  int questions_ = 0;
  bool open_ = true;
  std::uint64_t now_ = 1;
  OpenHandshakes handshakes_{[this](std::uint16_t) {
                               ++questions_;
                               now_ += kCost;
                               return open_;
                             },
                             [this] { return now_; }};
};

TEST_F(OpenHandshakesTest, TellsWhatTheKernelSays) {
  EXPECT_TRUE(handshakes_.possible(80));
  now_ += kCost * OpenHandshakes::kRest;
  open_ = false;
  EXPECT_FALSE(handshakes_.possible(80));
}

TEST_F(OpenHandshakesTest, RestsByWhatTheLastQuestionCostAndSupposesTheWorseMeanwhile) {
  open_ = false;
  EXPECT_FALSE(handshakes_.possible(80));
  EXPECT_TRUE(handshakes_.possible(80));
  now_ += kCost * OpenHandshakes::kRest - 1;
  EXPECT_TRUE(handshakes_.possible(81)) << "one share for all ports";
  EXPECT_EQ(questions_, 1);
  ++now_;
  EXPECT_FALSE(handshakes_.possible(81));
}

}  // namespace
}  // namespace demo
