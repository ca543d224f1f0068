#include "watch/silence.h"

#include <gtest/gtest.h>

namespace demo::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SilenceTest : public testing::Test {
 protected:
  // What is told so long after the last sample.
  static std::optional<seconds> after(Silence& silence, milliseconds time) {
    return silence.news(Silence::Time() + time);
  }
};

TEST_F(SilenceTest, IsToldAfterFiveSecondsAndThenOnceASecond) {
  Silence silence(seconds(1));
  EXPECT_FALSE(after(silence, seconds(100)));  // nothing came yet
  silence.on_sample({});
  EXPECT_FALSE(after(silence, milliseconds(4999)));
  EXPECT_EQ(after(silence, milliseconds(5000)), seconds(5));
  EXPECT_FALSE(after(silence, milliseconds(5900)));
  EXPECT_EQ(after(silence, milliseconds(6100)), seconds(6));
}

TEST_F(SilenceTest, WaitsForTheIntervalToPass) {
  Silence silence(seconds(60));
  silence.on_sample({});
  EXPECT_FALSE(after(silence, seconds(61)));
  EXPECT_EQ(after(silence, seconds(62)), seconds(62));
}

TEST_F(SilenceTest, EndsWithASampleOrAKnownLoss) {
  Silence silence(seconds(1));
  silence.on_sample({});
  silence.on_sample(Silence::Time() + seconds(4));
  EXPECT_FALSE(after(silence, seconds(8)));
  silence.on_loss();
  EXPECT_FALSE(after(silence, seconds(100)));
}

TEST_F(SilenceTest, IsNoNewsOfARecording) {
  Silence silence(std::nullopt);
  silence.on_sample({});
  EXPECT_FALSE(after(silence, seconds(100)));
}

}  // namespace
}  // namespace demo::ctl
