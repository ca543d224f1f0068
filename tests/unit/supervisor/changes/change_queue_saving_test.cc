// What a change leaves in the saved state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "supervisor/changes/change_queue.h"
#include "unit/supervisor/changes/change_queue_target.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// All of what runs.
ChangeRequest save_only() {
  ChangeRequest request;
  request.change = edit_config([](Config&) {});
  request.save_only = true;
  return request;
}

TEST_F(ChangeQueueTest, SavesARunningStateThatWasNotSavedYet) {
  ChangeRequest request = set_limit(5);
  request.persist = false;
  push(std::move(request));
  EXPECT_THAT(target_.steps, ElementsAre("prepare", "commit"));
  EXPECT_FALSE(results_.at(0)->persisted);
  target_.steps.clear();
  push(set_limit(5));
  EXPECT_THAT(target_.steps, ElementsAre("persist"));
  EXPECT_TRUE(results_.at(1)->persisted);
}

TEST_F(ChangeQueueTest, SavesNoOtherChangeThanItsOwn) {
  ChangeRequest request = set_limit(5);
  request.persist = false;
  push(std::move(request));
  request = {};
  request.change = edit_config([](Config& config) { config.log_level = LogLevel::kDebug; });
  push(std::move(request));
  EXPECT_TRUE(results_.at(1)->persisted);
  EXPECT_EQ(target_.config_.max_connections, 5U);
  EXPECT_EQ(target_.saved->max_connections, 0U);
  EXPECT_EQ(target_.saved->log_level, LogLevel::kDebug);
}

TEST_F(ChangeQueueTest, TellsOfAChangeThatTheSavedStateCannotHave) {
  Pool pool;
  pool.name = "p";
  ChangeRequest request;
  request.change = add_pool(pool);
  request.persist = false;
  push(std::move(request));
  Listener listener;
  listener.address = *Address::parse(":81");
  listener.mode = ListenerMode::kProxy;
  listener.pool = "p";
  request = {};
  request.description = "add-listener :81";
  request.change = add_listener(listener);
  push(std::move(request));
  ASSERT_TRUE(results_.at(1));
  EXPECT_FALSE(results_[1]->persisted);
  EXPECT_THAT(target_.unsaved, ElementsAre(HasSubstr("add-listener :81: ")));
  EXPECT_EQ(target_.saved, Config{});
}

// It is not saved, which is what is wanted.
TEST_F(ChangeQueueTest, SavesTheRemovalOfWhatWasNotSaved) {
  Backend backend;
  backend.endpoint = *Endpoint::parse("127.0.0.1:9");
  ChangeRequest request;
  request.change = add_backend("p", backend);
  request.persist = false;
  push(std::move(request));
  request = {};
  request.change = remove_backend("p", "127.0.0.1:9");
  push(std::move(request));
  ASSERT_TRUE(results_.at(1));
  EXPECT_TRUE(results_[1]->persisted);
  EXPECT_THAT(target_.unsaved, IsEmpty());
  EXPECT_EQ(*target_.saved, Config{});
}

TEST_F(ChangeQueueTest, SavesWhatIsAddedAnewAsItIsNow) {
  Backend backend;
  backend.endpoint = *Endpoint::parse("127.0.0.1:9");
  ChangeRequest request;
  request.change = add_backend("p", backend);
  push(std::move(request));
  request = {};
  request.change = remove_backend("p", "127.0.0.1:9");
  request.persist = false;
  push(std::move(request));
  backend.weight = 7;
  request = {};
  request.change = add_backend("p", backend);
  push(std::move(request));
  ASSERT_TRUE(results_.at(2));
  EXPECT_TRUE(results_[2]->persisted);
  EXPECT_THAT(target_.unsaved, IsEmpty());
  EXPECT_EQ(target_.saved->pools.at(0).backends.at(0).weight, 7U);
}

TEST_F(ChangeQueueTest, SavesNothingWithoutAStore) {
  target_.has_store = false;
  push(set_limit(5));
  EXPECT_THAT(target_.steps, ElementsAre("prepare", "commit"));
  EXPECT_FALSE(results_.at(0)->persisted);
}

TEST_F(ChangeQueueTest, MakesItsOwnChangeToTheSavedState) {
  ChangeRequest request = set_limit(5);
  request.persist = false;
  push(std::move(request));
  request = set_limit(6);
  request.saved_change = edit_config([](Config& config) { config.max_connections = 7; });
  push(std::move(request));
  EXPECT_TRUE(results_.at(1)->persisted);
  EXPECT_EQ(target_.config_.max_connections, 6U);
  EXPECT_EQ(target_.saved->max_connections, 7U);
}

// What runs while a backend is cut still has it.
TEST_F(ChangeQueueTest, SavesWhatRunsOnlyAfterTheChangeBeforeIt) {
  ChangeRequest removal = set_limit(5);
  removal.cut = BackendKey{"p", "1.2.3.4:80"};
  target_.acked = 1;
  push(std::move(removal));
  ChangeRequest saving = save_only();
  push(std::move(saving));
  EXPECT_EQ(target_.saved->max_connections, 5U);
  target_.acked = 1000;
  queue_.on_progress();
  ASSERT_EQ(results_.size(), 2U);
  ASSERT_TRUE(results_[1]);
  EXPECT_TRUE(results_[1]->persisted);
  EXPECT_EQ(target_.saved->max_connections, 5U);
  EXPECT_THAT(target_.changes, ElementsAre("limit 5"));
}

TEST_F(ChangeQueueTest, SavesWhatIsToLastOfWhatRuns) {
  ChangeRequest saving = set_limit(5);
  saving.save_only = true;
  push(std::move(saving));
  EXPECT_THAT(target_.steps, ElementsAre("persist"));
  EXPECT_EQ(target_.saved->max_connections, 5U);
  EXPECT_EQ(target_.config_.max_connections, 0U);
}

TEST_F(ChangeQueueTest, TellsWhenWhatRunsCannotBeSaved) {
  target_.persist_status = Error{ErrorCode::kResourceExhausted, "disk full", "", ""};
  ChangeRequest saving = save_only();
  push(std::move(saving));
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].error().message, "disk full");
}

}  // namespace
}  // namespace demo
