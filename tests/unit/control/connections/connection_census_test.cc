#include "control/connections/connection_census.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/unique_fd.h"

namespace demo {
namespace {

using testing::Optional;
using Work = Visit::Work;

constexpr uid_t kAdmin = 0;
constexpr uid_t kCrowd = 1000;
constexpr uid_t kOther = 1001;
constexpr std::uint64_t kLately = std::uint64_t{1} << 62;

UniqueFd a_socket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

// A census and the sockets that it counts, whose visits the test ends.
class Census : public testing::Test {
 protected:
  static Shares shares(std::size_t most, std::size_t of_one, std::size_t reserved, bool by_use = true) {
    return {most, of_one, reserved, [](std::uint64_t user) { return user == kAdmin; }, by_use};
  }
  // since_ns: when it was of use last.
  std::shared_ptr<Visit> come(uid_t user, std::uint64_t since_ns = 0) {
    auto visit = std::make_shared<Visit>(ucred{1, user, user}, since_ns);
    sockets_.push_back(a_socket());
    answer_ = census_->admit(sockets_.back().get(), visit, now_ns_);
    return visit;
  }
  void admit(uid_t user, int times) {
    for (int i = 0; i < times; ++i) {
      come(user, kLately);
      ASSERT_TRUE(answer_.admitted);
    }
  }

  std::optional<ConnectionCensus> census_{shares(10, 6, 2)};
  ConnectionCensus::Answer answer_;
  std::vector<UniqueFd> sockets_;
  std::uint64_t now_ns_ = 0;
};

TEST_F(Census, CountsOnlyWhatIsStillOpen) {
  admit(kCrowd, 6);
  come(kCrowd);
  EXPECT_FALSE(answer_.admitted);
  sockets_.front().reset();
  // A crowd that is refused is not worth a look each time.
  now_ns_ = 1'000'000;
  come(kCrowd);
  EXPECT_FALSE(answer_.admitted);
  now_ns_ = 10'000'000;
  come(kCrowd);
  EXPECT_TRUE(answer_.admitted);
  now_ns_ = 20'000'000;
  come(kCrowd);
  EXPECT_FALSE(answer_.admitted);
}

TEST_F(Census, RefusesAUserWithItsShareAndSaysHowManyAreOpen) {
  admit(kCrowd, 6);
  come(kCrowd);
  EXPECT_FALSE(answer_.admitted);
  EXPECT_TRUE(answer_.own);
  EXPECT_EQ(answer_.open, 6U);
  admit(kOther, 2);
  EXPECT_EQ(answer_.displaced, std::nullopt);
}

TEST_F(Census, KeepsPlacesThatThePrivilegedAloneTake) {
  admit(kCrowd, 4);
  admit(kOther, 4);
  come(kOther);
  EXPECT_FALSE(answer_.admitted);
  EXPECT_FALSE(answer_.own);
  EXPECT_EQ(answer_.open, 8U);
  admit(kAdmin, 2);
  EXPECT_EQ(answer_.displaced, std::nullopt);
  // Beyond them somebody has to give way, who has most: that may be the privileged too.
  come(kAdmin);
  EXPECT_TRUE(answer_.admitted);
  EXPECT_THAT(answer_.displaced, Optional(kCrowd));
}

TEST_F(Census, LetsTheLongestIdleOfTheUserWithMostGiveWayToOneWithFewer) {
  const auto long_idle = come(kCrowd, 1);
  const auto with_call = come(kCrowd, 0);
  const auto call = Visit::begin(with_call, Work::kCall);
  admit(kCrowd, 4);
  admit(kOther, 2);
  come(kOther);
  EXPECT_TRUE(answer_.admitted);
  EXPECT_THAT(answer_.displaced, Optional(kCrowd));
  EXPECT_TRUE(long_idle->ended());
  EXPECT_FALSE(with_call->ended());
}

TEST_F(Census, EndsWhoOnlyWatchesAfterWhoIsIdle) {
  const auto watching = come(kCrowd, 0);
  auto stream = Visit::begin(watching, Work::kStream);
  const auto idle = come(kCrowd, kLately);
  const auto busy = come(kCrowd, 0);
  const auto call = Visit::begin(busy, Work::kCall);
  std::vector<std::shared_ptr<const void>> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(Visit::begin(come(kCrowd), Work::kCall));
  admit(kOther, 2);
  come(kOther);
  EXPECT_TRUE(idle->ended());
  EXPECT_FALSE(watching->ended());
  come(2000);
  EXPECT_TRUE(watching->ended());
  // Of those that the crowd is left with none may be ended without a loss.
  come(2001);
  EXPECT_THAT(answer_.displaced, Optional(kOther));
  EXPECT_FALSE(busy->ended());
}

TEST_F(Census, DoesNotLetTwoUsersShowEachOtherOutByTurns) {
  admit(kCrowd, 4);
  admit(kOther, 3);
  admit(2000, 1);
  come(kOther);
  EXPECT_FALSE(answer_.admitted);
  come(kCrowd);
  EXPECT_FALSE(answer_.admitted);
}

TEST_F(Census, AlwaysLetsThePrivilegedInAmongIdleOnesOfTheirOwn) {
  admit(kAdmin, 10);
  come(kAdmin);
  EXPECT_TRUE(answer_.admitted);
  EXPECT_THAT(answer_.displaced, Optional(kAdmin));
  come(kOther);
  EXPECT_TRUE(answer_.admitted);
  EXPECT_THAT(answer_.displaced, Optional(kAdmin));
}

TEST_F(Census, EndsNobodyWhereVisitsDoNotTellHowTheyAreUsed) {
  census_.emplace(shares(10, 6, 2, false));
  admit(kCrowd, 6);
  admit(kOther, 2);
  come(kOther);
  EXPECT_FALSE(answer_.admitted);
  EXPECT_FALSE(answer_.own);
  EXPECT_EQ(answer_.displaced, std::nullopt);
}

TEST(VisitOfAClient, RestsWhileNoCallIsUnderWay) {
  const auto visit = std::make_shared<Visit>(ucred{}, 5);
  EXPECT_THAT(visit->rest(), Optional(Visit::Rest{false, 5}));
  auto call = Visit::begin(visit, Work::kCall);
  auto copy = call;
  auto stream = Visit::begin(visit, Work::kStream);
  call.reset();
  EXPECT_FALSE(visit->rest());
  copy.reset();
  ASSERT_TRUE(visit->rest());
  EXPECT_TRUE(visit->rest()->watches);
  stream.reset();
  EXPECT_FALSE(visit->rest()->watches);
  EXPECT_GT(visit->rest()->since_ns, 5U);
}

TEST(VisitOfAClient, TellsItsEndOnceWhicheverComesFirst) {
  for (const bool end_first : {false, true}) {
    Visit visit(ucred{}, 0);
    int told = 0;
    if (end_first) visit.end();
    visit.on_end([&] { ++told; });
    visit.end();
    visit.end();
    EXPECT_EQ(told, 1);
  }
}

}  // namespace
}  // namespace demo
