#include "supervisor/changes/change_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <new>

#include "base/limits.h"
#include "config/config_file.h"
#include "unit/supervisor/changes/change_queue_target.h"

namespace demo {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(ChangeQueueTest, AnswerHasTheWarningsOfTheTarget) {
  push(set_limit(7));
  push(set_limit(8));
  run();
  ASSERT_EQ(results_.size(), 2U);
  EXPECT_EQ(results_[0]->warnings, std::vector<std::string>{"seven is few"});
  EXPECT_TRUE(results_[1]->warnings.empty());
}

TEST_F(ChangeQueueTest, TakesAllStepsInTheirOrder) {
  push(set_limit(5));
  ASSERT_EQ(results_.size(), 1U);
  ASSERT_TRUE(results_[0]);
  EXPECT_THAT(target_.steps, ElementsAre("prepare", "persist", "commit"));
  EXPECT_EQ(target_.config_.max_connections, 5U);
  EXPECT_EQ(results_[0]->generation, 2U);
  EXPECT_TRUE(results_[0]->persisted);
  EXPECT_THAT(results_[0]->differences, ElementsAre(HasSubstr("max_connections")));
  EXPECT_TRUE(results_[0]->workers.at(0).applied);
  EXPECT_THAT(target_.changes, ElementsAre("limit 5"));
}

TEST_F(ChangeQueueTest, AnswersWhenTheWorkersHaveAcknowledged) {
  target_.acked = 1;
  push(set_limit(5));
  EXPECT_TRUE(results_.empty());
  target_.acked = 2;
  queue_.on_progress();
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_TRUE(results_[0]->workers.at(0).applied);
}

TEST_F(ChangeQueueTest, AnswersWithoutWorkersThatDoNotAcknowledge) {
  target_.acked = 1;
  push(set_limit(5));
  run();
  ASSERT_EQ(results_.size(), 1U);
  ASSERT_TRUE(results_[0]);
  EXPECT_FALSE(results_[0]->workers.at(0).applied);
  EXPECT_EQ(target_.config_.max_connections, 5U);
}

TEST_F(ChangeQueueTest, BeginsNoneWhileItIsPaused) {
  target_.acked = 1;
  push(set_limit(5));
  queue_.pause();
  EXPECT_FALSE(queue_.idle());
  push(set_limit(6));
  target_.acked = 1000;
  queue_.on_progress();
  EXPECT_TRUE(queue_.idle());
  EXPECT_EQ(target_.config_.max_connections, 5U);
  queue_.resume();
  EXPECT_EQ(target_.config_.max_connections, 6U);
  EXPECT_EQ(results_.size(), 2U);
}

TEST_F(ChangeQueueTest, MakesOneChangeAfterTheOther) {
  target_.acked = 1;
  push(set_limit(5));
  push(set_limit(6));
  EXPECT_EQ(target_.config_.max_connections, 5U);
  target_.acked = 2;
  queue_.on_progress();
  EXPECT_EQ(results_.size(), 1U);
  EXPECT_EQ(target_.config_.max_connections, 6U);
  target_.acked = 3;
  queue_.on_progress();
  EXPECT_EQ(results_.size(), 2U);
}

TEST_F(ChangeQueueTest, UndoesTheSocketsWhenTheStateCannotBeSaved) {
  target_.persist_status = Error{ErrorCode::kResourceExhausted, "disk full", "", ""};
  push(set_limit(5));
  ASSERT_FALSE(results_.at(0));
  EXPECT_EQ(results_[0].error().code, ErrorCode::kResourceExhausted);
  EXPECT_THAT(target_.steps, ElementsAre("prepare", "persist", "rollback"));
  EXPECT_EQ(target_.config_, Config{});
  EXPECT_EQ(target_.generation_, 1U);
}

TEST_F(ChangeQueueTest, IsInForceThoughAPowerLossMayUndoTheSave) {
  target_.saved_for_good = false;
  push(set_limit(5));
  ASSERT_TRUE(results_.at(0));
  EXPECT_FALSE(results_[0]->persisted);
  EXPECT_THAT(target_.steps, ElementsAre("prepare", "persist", "commit"));
}

TEST_F(ChangeQueueTest, SavesNothingWhenTheSocketsCannotBeOpened) {
  target_.prepare_status = Error{ErrorCode::kAlreadyExists, "busy", "", ""};
  push(set_limit(5));
  EXPECT_EQ(results_.at(0).error().message, "busy");
  EXPECT_THAT(target_.steps, ElementsAre("prepare"));
  EXPECT_EQ(target_.config_, Config{});
}

TEST_F(ChangeQueueTest, GoesOnAfterAFailure) {
  target_.prepare_status = Error{ErrorCode::kAlreadyExists, "busy", "", ""};
  push(set_limit(5));
  target_.prepare_status = {};
  push(set_limit(6));
  EXPECT_TRUE(results_.at(1));
}

TEST_F(ChangeQueueTest, RefusesAnInvalidStateWithEveryProblem) {
  ChangeRequest request;
  request.change = edit_config([](Config& config) {
    config.workers.count = 0;
    config.client_timeouts.write = std::chrono::milliseconds(-1);
  });
  push(std::move(request));
  ASSERT_FALSE(results_.at(0));
  EXPECT_EQ(results_[0].error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(results_[0].error().message, HasSubstr("; "));
  const std::vector<Error>& parts = results_[0].error().parts;
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].field, "workers.count");
  EXPECT_EQ(parts[1].field, "client_timeouts.write");
  EXPECT_THAT(target_.steps, IsEmpty());
}

TEST_F(ChangeQueueTest, TellsOfTooManyPartsAloneAndNotOfEachPart) {
  ChangeRequest request;
  request.change = edit_config([](Config& config) { config.pools.resize(limits::kPools + 1); });
  push(std::move(request));
  ASSERT_FALSE(results_.at(0));
  EXPECT_THAT(results_[0].error().message, AllOf(HasSubstr("there are at most"), Not(HasSubstr("; "))));
}

TEST_F(ChangeQueueTest, TellsSoManyProblemsAndCountsTheOthers) {
  ChangeRequest request;
  request.change = edit_config([](Config& config) { config.pools.resize(kToldProblems + 10); });
  push(std::move(request));
  ASSERT_FALSE(results_.at(0));
  EXPECT_THAT(results_[0].error().message, ContainsRegex("; and [0-9]+ more$"));
  ASSERT_EQ(results_[0].error().parts.size(), kToldProblems + 1);
  EXPECT_THAT(results_[0].error().parts.back().message, ContainsRegex("^and [0-9]+ more$"));
}

TEST_F(ChangeQueueTest, RefusesWhatTheMachineCannotRun) {
  push(set_limit(13));
  EXPECT_EQ(results_.at(0).error().message, "not here");
}

TEST_F(ChangeQueueTest, PassesTheErrorOfTheChangeOn) {
  ChangeRequest request;
  request.change = remove_backend("p", "1.2.3.4:80");
  push(std::move(request));
  EXPECT_EQ(results_.at(0).error().code, ErrorCode::kNotFound);
}

TEST_F(ChangeQueueTest, RefusesAGenerationThatMovedOn) {
  ChangeRequest request = set_limit(5);
  request.expected_generation = 1;
  push(std::move(request));
  EXPECT_TRUE(results_.at(0));
  request = set_limit(6);
  request.expected_generation = 1;
  push(std::move(request));
  ASSERT_FALSE(results_.at(1));
  EXPECT_EQ(results_[1].error().code, ErrorCode::kAborted);
  EXPECT_EQ(target_.config_.max_connections, 5U);
}

TEST_F(ChangeQueueTest, ReportsADryRunAndDoesNothing) {
  ChangeRequest request = set_limit(5);
  request.dry_run = true;
  push(std::move(request));
  ASSERT_TRUE(results_.at(0));
  EXPECT_EQ(results_[0]->differences.size(), 1U);
  EXPECT_EQ(results_[0]->generation, 1U);
  EXPECT_THAT(target_.steps, IsEmpty());
  EXPECT_THAT(target_.changes, IsEmpty());
}

TEST_F(ChangeQueueTest, MakesNoGenerationOfNoDifference) {
  push(set_limit(0));
  ASSERT_TRUE(results_.at(0));
  EXPECT_EQ(results_[0]->generation, 1U);
  EXPECT_THAT(results_[0]->differences, IsEmpty());
  EXPECT_THAT(target_.steps, IsEmpty());
}

TEST_F(ChangeQueueTest, WaitsForWorkersThatStartWhenThereIsNoDifference) {
  target_.acked = 0;
  push(set_limit(0));
  EXPECT_TRUE(results_.empty());
  target_.acked = 1;
  queue_.on_progress();
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_TRUE(results_[0]->workers.at(0).applied);
  EXPECT_THAT(target_.changes, IsEmpty());
}

TEST_F(ChangeQueueTest, SaysWhoLagsBehindWhenThereIsNoDifference) {
  target_.acked = 0;
  push(set_limit(0));
  run();
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_FALSE(results_[0]->workers.at(0).applied);
  EXPECT_THAT(target_.changes, IsEmpty());
}

TEST_F(ChangeQueueTest, CutsABackendBeforeItVanishes) {
  target_.acked = 1;
  ChangeRequest request = set_limit(5);
  request.cut = BackendKey{"p", "1.2.3.4:80"};
  push(std::move(request));
  EXPECT_THAT(target_.steps, ElementsAre("persist", "cut 1.2.3.4:80"));
  target_.acked = 2;
  queue_.on_progress();
  EXPECT_THAT(target_.steps, ElementsAre("persist", "cut 1.2.3.4:80", "end cut", "prepare", "commit"));
  EXPECT_TRUE(results_.empty());
  target_.acked = 3;
  queue_.on_progress();
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0]->generation, 2U);
}

TEST_F(ChangeQueueTest, AnswersEverybodyWhenItStops) {
  target_.acked = 1;
  push(set_limit(5));
  push(set_limit(6));
  queue_.stop();
  push(set_limit(7));
  ASSERT_EQ(results_.size(), 3U);
  ASSERT_TRUE(results_[0]) << "it is saved and in force";
  EXPECT_FALSE(results_[0]->workers.at(0).applied);
  EXPECT_THAT(target_.changes, ElementsAre("limit 5"));
  EXPECT_EQ(results_[1].error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(results_[2].error().code, ErrorCode::kUnavailable);
}

TEST_F(ChangeQueueTest, CutsNothingForAChangeThatCannotBeSaved) {
  target_.persist_status = Error{ErrorCode::kResourceExhausted, "disk full", "", ""};
  ChangeRequest request = set_limit(5);
  request.cut = BackendKey{"p", "1.2.3.4:80"};
  push(std::move(request));
  ASSERT_FALSE(results_.at(0));
  EXPECT_THAT(target_.steps, ElementsAre("persist"));
}

TEST_F(ChangeQueueTest, SavesTheOldStateAgainWhenTheChangeFailsAfterItsCut) {
  target_.prepare_status = Error{ErrorCode::kAlreadyExists, "busy", "", ""};
  ChangeRequest request = set_limit(5);
  request.cut = BackendKey{"p", "1.2.3.4:80"};
  push(std::move(request));
  ASSERT_FALSE(results_.at(0));
  EXPECT_EQ(target_.saved, Config{});
}

TEST_F(ChangeQueueTest, GoesOnWithTheNextChangeWhenAStepThrows) {
  target_.prepare_throws = true;
  push(set_limit(5));
  target_.prepare_throws = false;
  push(set_limit(6));
  ASSERT_EQ(results_.size(), 2U);
  EXPECT_FALSE(results_[0]);
  EXPECT_TRUE(results_[1]);
  EXPECT_THAT(target_.steps, ElementsAre("prepare", "rollback", "prepare", "persist", "commit"));
}

TEST_F(ChangeQueueTest, CompletesASavedCutWhenItStops) {
  target_.acked = 1;
  ChangeRequest request = set_limit(5);
  request.cut = BackendKey{"p", "1.2.3.4:80"};
  push(std::move(request));
  queue_.stop();
  EXPECT_THAT(target_.steps, ElementsAre("persist", "cut 1.2.3.4:80", "end cut", "prepare", "commit"));
  ASSERT_EQ(results_.size(), 1U);
  ASSERT_TRUE(results_[0]);
  EXPECT_FALSE(results_[0]->workers.at(0).applied);
  EXPECT_EQ(target_.saved, target_.config_);
}

TEST_F(ChangeQueueTest, GoesThroughAnyNumberOfChangesThatEndAtOnce) {
  constexpr int kMany = 100'000;
  int answered = 0;
  int refused = 0;
  std::function<void()> push_next = [&] {
    // The cheapest that ends at once: meant for another generation.
    ChangeRequest request;
    request.expected_generation = 77;
    queue_.push(std::move(request), [&](const Result<ChangeOutcome>& result) {
      refused += result ? 0 : 1;
      if (++answered < kMany) push_next();
    });
  };
  target_.acked = 1;
  push(set_limit(5));
  push_next();
  EXPECT_EQ(answered, 0);
  target_.acked = 2;
  queue_.on_progress();
  EXPECT_EQ(answered, kMany);
  EXPECT_EQ(refused, kMany);
}

TEST_F(ChangeQueueTest, RefusesMoreThanMayWait) {
  target_.acked = 1;
  push(set_limit(5));
  for (std::size_t i = 0; i < limits::kWaitingChanges; ++i) push(set_limit(6));
  EXPECT_TRUE(results_.empty());
  push(set_limit(7));
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].error().code, ErrorCode::kResourceExhausted);
  queue_.stop();
  EXPECT_EQ(results_.size(), limits::kWaitingChanges + 2);
}

}  // namespace
}  // namespace demo
