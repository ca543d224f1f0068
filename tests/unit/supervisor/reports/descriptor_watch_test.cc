#include "supervisor/reports/descriptor_watch.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

using Change = DescriptorWatch::Change;
constexpr std::uint64_t kSecondNs = 1'000'000'000;

TEST(DescriptorWatch, TellsNothingOfRoom) {
  DescriptorWatch watch;
  EXPECT_EQ(watch.look(kSecondNs, ""), Change::kNone);
}

TEST(DescriptorWatch, TellsABeginningOnceAndTheEndAfterTenSecondsOfRoom) {
  DescriptorWatch watch;
  EXPECT_EQ(watch.look(0, "all in use"), Change::kBegan);
  EXPECT_EQ(watch.look(kSecondNs, ""), Change::kNone);
  EXPECT_EQ(watch.look(2 * kSecondNs, "all in use"), Change::kNone);
  EXPECT_EQ(watch.look(11 * kSecondNs, ""), Change::kNone);
  EXPECT_EQ(watch.look(12 * kSecondNs, ""), Change::kEnded);
  EXPECT_EQ(watch.look(13 * kSecondNs, ""), Change::kNone);
  EXPECT_EQ(watch.look(14 * kSecondNs, "all in use"), Change::kBegan);
}

}  // namespace
}  // namespace demo
