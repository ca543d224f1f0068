#include "quota/quota.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/other_build.h"
#include "quota/quota_keeper.h"
#include "unit/quota/shared_area.h"

namespace demo {
namespace {

constexpr unsigned kGate = 5;

// Two workers of a daemon, each with a bell of its own.
class TwoWorkers : public testing::Test {
 protected:
  TwoWorkers() {
    keeper_.take_seat(0);
    keeper_.take_seat(1);
    limit(1);
  }
  void limit(std::uint64_t most) {
    QuotaKeeper::Limits limits{};
    limits[kGate] = most;
    keeper_.set_limits(limits);
    rings(0);
    rings(1);
  }
  // How often the bell was rung since the last call; the worker has heard it then.
  std::uint64_t rings(unsigned seat) {
    std::uint64_t count = 0;
    const ssize_t got = ::read(area_.bell_of(seat), &count, sizeof count);
    (seat == 0 ? first_ : second_).heard();
    return got < 0 ? 0 : count;
  }
  QuotaKeeper keeper_{QuotaArea::create(2).value()};
  QuotaArea area_ = test::shared_area(keeper_.area());
  Quota first_{area_, 0};
  Quota second_{area_, 1};
};

TEST_F(TwoWorkers, ASlotThatIsFreeWakesWhoWaitsOnce) {
  ASSERT_TRUE(first_.claim(kGate));
  ASSERT_FALSE(second_.claim(kGate));
  second_.wait(kGate, 10);
  EXPECT_EQ(rings(1), 0U);
  first_.release(kGate);
  EXPECT_EQ(rings(1), 1U);
  EXPECT_TRUE(second_.claim_in_turn(kGate));
}

TEST_F(TwoWorkers, NobodyIsWokenWhileNobodyWaits) {
  ASSERT_TRUE(first_.claim(kGate));
  first_.release(kGate);
  EXPECT_EQ(rings(0), 0U);
  EXPECT_EQ(rings(1), 0U);
}

TEST_F(TwoWorkers, WhoIsOnItsWayIsNotWokenAgain) {
  limit(2);
  ASSERT_TRUE(first_.claim(kGate));
  ASSERT_TRUE(first_.claim(kGate));
  second_.wait(kGate, 10);
  first_.release(kGate);
  first_.release(kGate);
  EXPECT_EQ(rings(1), 1U);
}

TEST_F(TwoWorkers, ANewcomerDoesNotOvertakeWhoWaits) {
  ASSERT_TRUE(first_.claim(kGate));
  second_.wait(kGate, 10);
  first_.release(kGate);
  EXPECT_TRUE(first_.has_room(kGate));
  EXPECT_FALSE(first_.claim(kGate));
  EXPECT_FALSE(second_.claim(kGate));
  EXPECT_TRUE(second_.claim_in_turn(kGate));
}

TEST_F(TwoWorkers, WhoWaitsLongestIsFirst) {
  ASSERT_TRUE(first_.claim(kGate));
  first_.wait(kGate, 20);
  second_.wait(kGate, 10);
  first_.release(kGate);
  EXPECT_EQ(rings(1), 1U);
  EXPECT_FALSE(first_.claim_in_turn(kGate));
  EXPECT_TRUE(second_.claim_in_turn(kGate));
}

TEST_F(TwoWorkers, WhoLeavesTheLinePassesTheSlotOn) {
  ASSERT_TRUE(first_.claim(kGate));
  first_.wait(kGate, 10);
  second_.wait(kGate, 20);
  first_.release(kGate);
  EXPECT_EQ(rings(1), 0U);
  first_.stop_waiting(kGate);
  EXPECT_EQ(rings(1), 1U);
  EXPECT_TRUE(second_.claim_in_turn(kGate));
}

TEST_F(TwoWorkers, WhoGoesBackInTheLinePassesTheSlotOn) {
  ASSERT_TRUE(first_.claim(kGate));
  first_.wait(kGate, 10);
  second_.wait(kGate, 20);
  first_.release(kGate);
  first_.wait(kGate, 30);
  EXPECT_EQ(rings(1), 1U);
}

TEST_F(TwoWorkers, AnUnusedConnectionIsAskedFor) {
  ASSERT_TRUE(first_.claim(kGate));
  first_.set_idle(kGate, 1);
  second_.wait(kGate, 10);
  EXPECT_EQ(rings(0), 1U);
  EXPECT_TRUE(first_.lacks_elsewhere(kGate));
  first_.release(kGate);
  EXPECT_FALSE(first_.lacks_elsewhere(kGate));
  EXPECT_EQ(rings(1), 1U);
}

TEST_F(TwoWorkers, AnUnusedConnectionThatWasKeptForTheFirstIsAskedForAgainWhenTheTurnPassesOn) {
  ASSERT_TRUE(first_.claim(kGate));
  first_.set_idle(kGate, 1);
  first_.wait(kGate, 10);
  second_.wait(kGate, 20);
  rings(0);
  EXPECT_FALSE(first_.lacks_elsewhere(kGate)) << "its own turn";
  first_.stop_waiting(kGate);
  EXPECT_EQ(rings(0), 1U);
  EXPECT_TRUE(first_.lacks_elsewhere(kGate));
  first_.set_idle(kGate, 0);
  first_.release(kGate);
  EXPECT_EQ(rings(1), 1U);
  EXPECT_TRUE(second_.claim_in_turn(kGate));
}

TEST_F(TwoWorkers, ADeathFreesTheSlotsAndWakesEverybody) {
  ASSERT_TRUE(first_.claim(kGate));
  first_.wait(kGate, 10);
  second_.wait(kGate, 20);
  keeper_.free_seat(0);
  EXPECT_EQ(rings(1), 1U);
  EXPECT_TRUE(second_.claim_in_turn(kGate));
}

TEST_F(TwoWorkers, AHigherLimitWakesEverybody) {
  ASSERT_TRUE(first_.claim(kGate));
  second_.wait(kGate, 10);
  QuotaKeeper::Limits limits{};
  limits[kGate] = 2;
  keeper_.set_limits(limits);
  EXPECT_EQ(rings(1), 1U);
  EXPECT_TRUE(second_.claim_in_turn(kGate));
}

TEST_F(TwoWorkers, TheNextSupervisorKnowsTheLimitsThatWere) {
  limit(2);
  ASSERT_TRUE(first_.claim(kGate));
  ASSERT_TRUE(first_.claim(kGate));
  second_.wait(kGate, 10);
  rings(1);
  QuotaKeeper next(test::shared_area(keeper_.area()));
  EXPECT_EQ(rings(1), 1U) << "the earlier one may have died before it rang";
  EXPECT_FALSE(second_.claim_in_turn(kGate));
  QuotaKeeper::Limits limits{};
  limits[kGate] = 3;
  next.set_limits(limits);
  EXPECT_EQ(rings(1), 1U);
  EXPECT_TRUE(second_.claim_in_turn(kGate));
  next.set_limits({});
  EXPECT_EQ(rings(1), 1U);
  EXPECT_EQ(first_.limit(kGate), 0U);
}

TEST_F(TwoWorkers, TheNextSupervisorFreesWhatTheDeadHeld) {
  ASSERT_TRUE(first_.claim(kGate));
  QuotaKeeper next(test::shared_area(keeper_.area()));
  EXPECT_EQ(next.memory().seats_used, 2U);
  second_.wait(kGate, 10);
  rings(1);
  next.free_seat(0);
  next.free_seat(0);
  EXPECT_TRUE(second_.claim_in_turn(kGate));
  second_.stop_waiting(kGate);
  EXPECT_FALSE(first_.claim(kGate));
  second_.release(kGate);
  EXPECT_TRUE(first_.claim(kGate));
}

// Whoever waits at a bell that others do not ring would wait for ever.
TEST(QuotaArea, RefusesAnotherNumberOfBells) {
  const QuotaArea area = QuotaArea::create(2).value();
  const auto copy = [](int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); };
  std::vector<UniqueFd> bells;
  bells.push_back(copy(area.bells()[0].get()));
  const auto opened = QuotaArea::open(copy(area.fd()), std::move(bells));
  ASSERT_FALSE(opened);
  EXPECT_TRUE(is_other_build(opened.error()));
}

TEST(QuotaArea, RefusesMemoryOfAnotherBuild) {
  const QuotaArea area = QuotaArea::create(1).value();
  const auto open = [&] {
    std::vector<UniqueFd> bells;
    bells.emplace_back(::fcntl(area.bells()[0].get(), F_DUPFD_CLOEXEC, 0));
    return QuotaArea::open(UniqueFd(::fcntl(area.fd(), F_DUPFD_CLOEXEC, 0)), std::move(bells));
  };
  auto opened = open();
  ASSERT_TRUE(opened);
  opened->memory().layout = kQuotaLayout + 1;
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_TRUE(is_other_build(refused.error()));
}

TEST(QuotaArea, RefusesADescriptorOfAnotherKind) {
  std::vector<UniqueFd> bells;
  bells.emplace_back(::open("/dev/null", O_RDWR));
  EXPECT_FALSE(QuotaArea::open(UniqueFd(::memfd_create("other", MFD_CLOEXEC)), std::move(bells)));
  EXPECT_FALSE(QuotaArea::open(UniqueFd(::memfd_create("other", MFD_CLOEXEC)), {}));
}

TEST(QuotaArea, CannotBeCutShortByAWorker) {
  const QuotaArea area = QuotaArea::create(1).value();
  EXPECT_NE(::ftruncate(area.fd(), 0), 0);
}

}  // namespace
}  // namespace demo
