#include "supervisor/workers/rolling_restart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace demo {
namespace {

using testing::ElementsAre;

class RollingRestartTest : public testing::Test {
 protected:
  void begin(std::vector<unsigned> workers) {
    restart_.begin(std::move(workers), [this](Result<std::vector<WorkerOutcome>> result) {
      results_.push_back(std::move(result));
    });
  }

  std::vector<unsigned> replaced_;
  std::vector<Result<std::vector<WorkerOutcome>>> results_;
  std::optional<unsigned> startless_;  // a worker that cannot be started
  RollingRestart restart_{[this](unsigned worker) -> Status {
    replaced_.push_back(worker);
    if (worker == startless_) return Error{ErrorCode::kUnavailable, "no binary", "", ""};
    return {};
  }};
};

TEST_F(RollingRestartTest, ReplacesTheNextWhenTheSuccessorOfTheLastIsReady) {
  begin({0, 1});
  EXPECT_THAT(replaced_, ElementsAre(0));
  restart_.on_ready(0);
  EXPECT_THAT(replaced_, ElementsAre(0, 1));
  restart_.on_ready(1);
  ASSERT_EQ(results_.size(), 1U);
  ASSERT_EQ(results_[0]->size(), 2U);
  EXPECT_TRUE((*results_[0])[0].applied);
  EXPECT_TRUE((*results_[0])[1].applied);
  EXPECT_FALSE(restart_.running());
}

TEST_F(RollingRestartTest, DoesNotMindWhatOtherWorkersDo) {
  begin({1});
  restart_.on_ready(0);
  restart_.on_failed(0, "killed");
  EXPECT_TRUE(restart_.running());
}

TEST_F(RollingRestartTest, GoesOnWhenASuccessorDies) {
  begin({0, 1});
  restart_.on_failed(0, "exit status 7");
  EXPECT_THAT(replaced_, ElementsAre(0, 1));
  restart_.on_ready(1);
  EXPECT_FALSE((*results_.at(0))[0].applied);
  EXPECT_THAT((*results_[0])[0].error, testing::HasSubstr("exit status 7"));
  EXPECT_TRUE((*results_[0])[1].applied);
}

TEST_F(RollingRestartTest, GoesOnAtOnceWhenAProcessCannotBeStarted) {
  startless_ = 0;
  begin({0, 1});
  EXPECT_THAT(replaced_, ElementsAre(0, 1));
  restart_.on_ready(1);
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ((*results_[0])[0].error, "no binary");
  EXPECT_FALSE((*results_[0])[0].applied);
  EXPECT_TRUE((*results_[0])[1].applied);
}

TEST_F(RollingRestartTest, GoesOnWhenOneTakesTooLongOrIsRemoved) {
  begin({0, 1, 2, 3});
  restart_.give_up("too slow");
  EXPECT_THAT(replaced_, ElementsAre(0, 1));
  restart_.on_resized(1);
  EXPECT_THAT(replaced_, ElementsAre(0, 1));
  ASSERT_EQ(results_.size(), 1U);
  ASSERT_EQ(results_[0]->size(), 2U);
  EXPECT_EQ((*results_[0])[0].error, "too slow");
  EXPECT_EQ((*results_[0])[1].error, "removed meanwhile");
}

TEST_F(RollingRestartTest, RefusesASecondRestartMeanwhile) {
  begin({0});
  begin({1});
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].error().code, ErrorCode::kFailedPrecondition);
  restart_.on_ready(0);
  EXPECT_TRUE(results_.at(1));
}

TEST_F(RollingRestartTest, AnswersWhenItStops) {
  begin({0, 1});
  restart_.stop();
  EXPECT_EQ(results_.at(0).error().code, ErrorCode::kUnavailable);
  restart_.on_ready(0);
  EXPECT_THAT(replaced_, ElementsAre(0));
}

}  // namespace
}  // namespace demo
