#include "supervisor/reports/descriptor_watch.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

using WatchChange = DescriptorWatch::Change;
constexpr std::uint64_t kSecondNs = 1'000'000'000;

TEST(DescriptorWatch, TellsNothingOfRoom) {
  DescriptorWatch watch;
  EXPECT_EQ(watch.look(kSecondNs, ""), WatchChange::kNone);
}

TEST(DescriptorWatch, TellsABeginningOnceAndTheEndAfterTenSecondsOfRoom) {
  DescriptorWatch watch;
  EXPECT_EQ(watch.look(0, "all in use"), WatchChange::kBegan);
  EXPECT_EQ(watch.look(kSecondNs, ""), WatchChange::kNone);
  EXPECT_EQ(watch.look(2 * kSecondNs, "all in use"), WatchChange::kNone);
  EXPECT_EQ(watch.look(11 * kSecondNs, ""), WatchChange::kNone);
  EXPECT_EQ(watch.look(12 * kSecondNs, ""), WatchChange::kEnded);
  EXPECT_EQ(watch.look(13 * kSecondNs, ""), WatchChange::kNone);
  EXPECT_EQ(watch.look(14 * kSecondNs, "all in use"), WatchChange::kBegan);
}

}  // namespace
}  // namespace demo
