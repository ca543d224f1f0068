#include "supervisor/listening/accept_balance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace demo {
namespace {

StatsSample sample_at(std::uint64_t seconds, std::vector<std::uint64_t> accepted) {
  StatsSample sample;
  sample.monotonic_ns = seconds * 1'000'000'000;
  for (unsigned i = 0; i < accepted.size(); ++i) {
    WorkerFigures figures;
    figures.connections_accepted = accepted[i];
    sample.workers.push_back({i, i + 4, true, figures});
  }
  return sample;
}

TEST(AcceptBalance, WarnsWhenOneCoreTakesNearlyAll) {
  AcceptBalance balance;
  balance.feed(sample_at(1, {0, 0}), true);
  balance.feed(sample_at(5, {10, 900}), true);
  EXPECT_EQ(balance.warning(), "");
  balance.feed(sample_at(11, {10, 990}), true);
  EXPECT_THAT(balance.warning(), testing::HasSubstr("core 5 takes 99 %"));
}

TEST(AcceptBalance, IsContentWithASharedLoad) {
  AcceptBalance balance;
  balance.feed(sample_at(1, {0, 0}), true);
  balance.feed(sample_at(11, {100, 900}), true);
  EXPECT_EQ(balance.warning(), "");
}

TEST(AcceptBalance, SaysNothingOfFewConnections) {
  AcceptBalance balance;
  balance.feed(sample_at(1, {0, 0}), true);
  balance.feed(sample_at(11, {0, 100}), true);
  EXPECT_EQ(balance.warning(), "");
}

TEST(AcceptBalance, TakesTheWarningBack) {
  AcceptBalance balance;
  balance.feed(sample_at(1, {0, 0}), true);
  balance.feed(sample_at(11, {0, 1000}), true);
  EXPECT_NE(balance.warning(), "");
  balance.feed(sample_at(21, {1000, 2000}), true);
  EXPECT_EQ(balance.warning(), "");
  balance.feed(sample_at(31, {1000, 9000}), true);
  EXPECT_NE(balance.warning(), "");
  balance.feed(sample_at(32, {1000, 9000}), false);
  EXPECT_EQ(balance.warning(), "");
}

TEST(AcceptBalance, HasNothingToSayOfOneWorker) {
  AcceptBalance balance;
  balance.feed(sample_at(1, {0}), true);
  balance.feed(sample_at(11, {5000}), true);
  EXPECT_EQ(balance.warning(), "");
}

}  // namespace
}  // namespace demo
