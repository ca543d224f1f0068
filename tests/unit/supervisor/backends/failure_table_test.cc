#include "supervisor/backends/failure_table.h"

#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <vector>

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FailureTableTest : public testing::Test {
 protected:
  FailureTableTest()
      : table_(
            [this](const std::string& backend, FailureTable::Change change, const std::string& what) {
              constexpr const char* kWords[] = {" fails ", " answers ", " is out "};
              told_.push_back(backend + kWords[static_cast<int>(change)] + what);
            },
            [](const std::string& pool, const std::string& endpoint) { return pool + " lost " + endpoint; }) {
    snapshot_.listeners.emplace_back().pool = "p";
    snapshot_.listeners[0].mode = ListenerMode::kProxy;
    snapshot_.pools.emplace_back().name = "p";
    snapshot_.pools[0].members.emplace_back().endpoint.text = "web:80";
    snapshot_.pools[0].members[0].slot = 3;
  }

  void look() {
    now_ns_ += 1'000'000'000;
    table_.look(now_ns_, snapshot_, [this](std::uint32_t) { return figures_; });
  }
  bool failing() const { return table_.find(3)->failing(); }

  Snapshot snapshot_;
  BackendFigures figures_;
  std::vector<std::string> told_;
  FailureTable table_;
  std::uint64_t now_ns_ = 1'000'000'000'000;
};

TEST_F(FailureTableTest, TellsTheBeginningAndTheEndWithCounts) {
  figures_.connect_errors = 2;
  figures_.head_timeouts = 1;
  look();
  figures_.connect_errors = 50;
  look();
  figures_.responses_2xx = 1;
  look();
  EXPECT_THAT(told_,
              ElementsAre(testing::AllOf(HasSubstr("p/web:80 fails"), HasSubstr("3 requests in a row"),
                                         HasSubstr("2 connects failed, 1 responses timed out")),
                          testing::AllOf(HasSubstr("p/web:80 answers"), HasSubstr("51 failed requests"))));
}

TEST_F(FailureTableTest, EveryKindOfFailureCounts) {
  std::uint64_t BackendFigures::*const kinds[] = {
      &BackendFigures::connect_errors, &BackendFigures::connect_timeouts, &BackendFigures::head_timeouts,
      &BackendFigures::body_timeouts, &BackendFigures::response_errors};
  for (const auto kind : kinds) {
    figures_ = {};
    figures_.*kind = 3;
    table_.forget(3);
    look();
    EXPECT_TRUE(failing());
  }
}

TEST_F(FailureTableTest, RequestsThatFailSlowlyAreARow) {
  for (int request = 0; request < 3; ++request) {
    for (int second = 0; second < 29; ++second) look();
    ++figures_.head_timeouts;
    figures_.failed_ms += 30'000;
    look();
  }
  EXPECT_THAT(told_, ElementsAre(HasSubstr("fails: 3 requests in a row")));
}

TEST_F(FailureTableTest, RequestCountsOnceHoweverOftenItWasTried) {
  figures_.connect_errors = 6;
  figures_.response_errors = 2;
  figures_.attempts_again = 6;
  look();
  EXPECT_FALSE(failing());
  // One more is under way: its last attempt is counted before its end.
  figures_.connect_errors = 7;
  figures_.attempts_again = 7;
  look();
  EXPECT_FALSE(failing());
  figures_.connect_errors = 8;
  look();
  EXPECT_THAT(told_, ElementsAre(HasSubstr("fails: 3 requests in a row")));
}

TEST_F(FailureTableTest, ResponseIsASuccessUnlessItsStatusCountsAsAFailure) {
  figures_.responses_5xx = 3;
  look();
  EXPECT_FALSE(failing());
  table_.forget(3);
  figures_.responses_failed = 3;
  look();
  EXPECT_TRUE(failing());
}

TEST_F(FailureTableTest, SwitchOfProtocolsIsASuccess) {
  figures_.connect_errors = 9;
  look();
  EXPECT_TRUE(failing());
  figures_.responses_1xx = 1;
  look();
  EXPECT_FALSE(failing());
}

TEST_F(FailureTableTest, ShortageOfThisHostIsNoFailure) {
  figures_.connect_shortages = figures_.queue_full = figures_.queue_timeouts = 9;
  look();
  EXPECT_THAT(told_, IsEmpty());
  for (int second = 0; second < 10; ++second) {
    EXPECT_TRUE(table_.short_of_means(3));
    look();
  }
  EXPECT_FALSE(table_.short_of_means(3)) << "none for ten seconds";
}

// What a success is changes with the listeners of the pool; what came before says nothing of it.
TEST_F(FailureTableTest, PoolThatChangesItsModeIsJudgedByWhatHappensNow) {
  for (const auto& [from, to] : {std::pair{ListenerMode::kTcp, ListenerMode::kProxy},
                                 std::pair{ListenerMode::kProxy, ListenerMode::kTcp}}) {
    table_.forget(3);
    told_.clear();
    figures_ = {};
    std::uint64_t& before = from == ListenerMode::kTcp ? figures_.requests : figures_.responses_2xx;
    std::uint64_t& after = from == ListenerMode::kTcp ? figures_.responses_2xx : figures_.requests;
    snapshot_.listeners[0].mode = from;
    before = 1000;
    look();
    snapshot_.listeners[0].mode = to;
    look();
    after = 5;
    figures_.connect_errors = 3;
    look();
    EXPECT_THAT(told_, IsEmpty());
    for (int second = 0; second < 12; ++second) look();
    figures_.connect_errors = 6;
    look();
    EXPECT_TRUE(failing());
    ++after;
    look();
    EXPECT_FALSE(failing());
  }
}

TEST_F(FailureTableTest, RelayedConnectionSucceedsWhenItIsMade) {
  snapshot_.listeners[0].mode = ListenerMode::kTcp;
  figures_.connect_errors = 3;
  look();
  EXPECT_TRUE(failing());
  figures_.requests = 1;
  look();
  EXPECT_FALSE(failing());
}

// Nobody would hear of its end otherwise: requests that succeed do not come any more.
TEST_F(FailureTableTest, TellsTheEndWhenItGetsNoRequestsAnyMore) {
  const Snapshot before = snapshot_;
  const std::vector<std::function<void()>> ways = {
      [this] { snapshot_.pools.clear(); },
      [this] { snapshot_.pools[0].members.clear(); },
      [this] { snapshot_.pools[0].members[0].usable = false; },
      [this] { snapshot_.pools[0].members[0].weight = 0; },
      [this] { table_.forget(3); },
  };
  for (const auto& way : ways) {
    snapshot_ = before;
    look();
    figures_.connect_errors += 3;
    look();
    EXPECT_TRUE(failing());
    told_.clear();
    way();
    table_.settle(snapshot_);
    table_.settle(snapshot_);
    EXPECT_THAT(told_,
                ElementsAre(testing::AllOf(HasSubstr("p/web:80 is out"), HasSubstr("3 failed in a row"),
                                           HasSubstr("p lost web:80"))));
    EXPECT_EQ(table_.find(3), nullptr);
    table_.forget(3);
    figures_ = {};
  }
}

TEST_F(FailureTableTest, JudgesAnewWhatComesBackToItsPlace) {
  figures_.connect_errors = 3;
  figures_.connect_shortages = 1;
  look();
  snapshot_.pools[0].members[0].usable = false;
  look();
  EXPECT_FALSE(table_.short_of_means(3));
  figures_.connect_errors = 9;
  figures_.connect_shortages = 2;
  snapshot_.pools[0].members[0].usable = true;
  told_.clear();
  look();
  look();
  EXPECT_FALSE(failing());
  EXPECT_FALSE(table_.short_of_means(3));
  figures_.connect_errors = 12;
  look();
  EXPECT_THAT(told_, ElementsAre(HasSubstr("fails: 3 requests in a row")));
}

}  // namespace
}  // namespace demo
