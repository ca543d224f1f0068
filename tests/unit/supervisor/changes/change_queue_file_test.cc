#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/supervisor/changes/change_queue_target.h"

// When a change takes a configuration file in.

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using ChangeQueueFileTest = ChangeQueueTest;

// Whoever dies before the last step finds changes in the file that the saved state has already; the other way
// round it would lack them for good.
TEST_F(ChangeQueueFileTest, TakesAFileInOnceTheStateIsSaved) {
  ChangeRequest request = set_limit(5);
  request.file.emplace().max_connections = 4;
  push(request);
  EXPECT_THAT(target_.steps, ElementsAre("prepare", "persist", "file 4", "commit"));
  target_.steps.clear();
  push(request);
  EXPECT_THAT(target_.steps, ElementsAre("file 4")) << "nothing differs, but the file may";
}

TEST_F(ChangeQueueFileTest, TellsWhenTheSavedStateLacksTheFile) {
  ChangeRequest request = set_limit(5);
  request.file.emplace();
  request.persist = false;
  push(request);
  EXPECT_THAT(target_.steps, ElementsAre("prepare", "file 0 unsaved", "commit"));
  target_.steps.clear();
  request.persist = true;
  request.saved_change = [](const Config&) -> Result<Config> { return invalid("", "", "collides there"); };
  push(request);
  EXPECT_THAT(target_.unsaved, ElementsAre(HasSubstr("collides there")));
  EXPECT_THAT(target_.steps, ElementsAre("file 0 unsaved"));
  target_.steps.clear();
  target_.persist_status = Error{ErrorCode::kResourceExhausted, "full", "", ""};
  request.saved_change.reset();
  push(request);
  EXPECT_THAT(target_.steps, ElementsAre("persist"));
}

TEST_F(ChangeQueueFileTest, TakesAFileInWhereNothingIsSaved) {
  target_.has_store = false;
  ChangeRequest request = set_limit(5);
  request.file.emplace();
  push(request);
  EXPECT_THAT(target_.steps, ElementsAre("prepare", "file 0", "commit"));
}

}  // namespace
}  // namespace demo
