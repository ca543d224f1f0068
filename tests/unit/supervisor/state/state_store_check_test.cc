#include <gmock/gmock.h>

#include "supervisor/state/state_store.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

TEST(StateStoreCheck, SaysOfAStateThatItWouldBeSetAsideAndLeavesIt) {
  const TemporaryFolder folder;
  const std::string& directory = folder.path();
  const auto refuses = [](std::string_view) -> Status { return invalid("", "", "of another kind"); };
  const auto takes = [](std::string_view) -> Status { return {}; };
  EXPECT_TRUE(StateStore::check(directory, refuses, refuses)) << "there is none yet";
  ASSERT_TRUE(StateStore::open(directory)->save("bytes"));
  EXPECT_TRUE(StateStore::check(directory, takes, refuses));
  const Status judged = StateStore::check(directory, refuses, refuses);
  ASSERT_FALSE(judged);
  EXPECT_THAT(judged.error().message, testing::HasSubstr("cannot be used: of another kind"));
  EXPECT_EQ(*StateStore::open(directory)->load(takes)->bytes, "bytes");
}

}  // namespace
}  // namespace demo
