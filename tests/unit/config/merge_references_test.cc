// Listeners of one side and pools of the other: merge_config() settles them together.
#include "config/merge_references.h"

#include <gmock/gmock.h>

#include "config/config_diff.h"
#include "config/validate.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Listener tcp_listener(const char* address, const char* pool) {
  Listener result;
  result.address = *Address::parse(address);
  result.mode = ListenerMode::kTcp;
  result.pool = pool;
  return result;
}

// A pool "t" and one listener that needs it.
Config base_config() {
  Config config;
  config.listeners = {tcp_listener("127.0.0.1:80", "t")};
  config.pools.emplace_back().name = "t";
  return config;
}

class MergeReferences : public testing::Test {
 protected:
  static void take_away(Config& side) {
    side.pools.clear();
    side.listeners.clear();
  }
  ConfigMerge merge(MergeSide side) {
    ConfigMerge result = merge_config(base_, file_, running_, side);
    EXPECT_THAT(validate(result.config), IsEmpty());
    return result;
  }
  std::vector<std::string> change(MergeSide side) { return diff_config(running_, merge(side).config); }

  std::optional<Config> base_ = base_config();
  Config file_ = base_config();
  Config running_ = base_config();
};

TEST_F(MergeReferences, APoolThatTheFileRemovesAndAListenerOfRunTimeNeeds) {
  take_away(file_);
  running_.listeners.push_back(tcp_listener("127.0.0.1:97", "t"));
  running_.listeners.push_back(tcp_listener("127.0.0.1:98", "t"));
  const ConfigMerge open = merge(MergeSide::kNone);
  EXPECT_THAT(open.collisions,
              ElementsAre(Collision{"pools.t", "removed", "needed by listener 127.0.0.1:97, 127.0.0.1:98"}));
  EXPECT_EQ(open.taken, 1U);  // its own listener goes
  EXPECT_EQ(open.kept, 1U);
  EXPECT_THAT(change(MergeSide::kRunning), ElementsAre("listeners: - 127.0.0.1:80"));
  EXPECT_THAT(diff_config(merge(MergeSide::kFile).config, file_), IsEmpty());
}

TEST_F(MergeReferences, APoolThatIsRemovedAtRunTimeAndAListenerOfTheFileNeeds) {
  take_away(running_);
  file_.listeners.push_back(tcp_listener("127.0.0.1:97", "t"));
  EXPECT_THAT(merge(MergeSide::kNone).collisions,
              ElementsAre(Collision{"pools.t", "needed by listener 127.0.0.1:97", "removed"}));
  EXPECT_THAT(change(MergeSide::kNone), IsEmpty());
  EXPECT_THAT(change(MergeSide::kRunning), IsEmpty());
  EXPECT_THAT(change(MergeSide::kFile),
              ElementsAre("listeners: + 127.0.0.1:97 (tcp, pool \"t\")", "pools: + t"));
}

TEST_F(MergeReferences, APoolThatOneSideTurnedAListenerTo) {
  base_->listeners[0].mode = ListenerMode::kAuto;
  file_ = running_ = *base_;
  file_.pools.clear();
  running_.listeners[0].mode = ListenerMode::kProxy;
  EXPECT_THAT(merge(MergeSide::kNone).collisions,
              ElementsAre(Collision{"pools.t", "removed", "needed by listener 127.0.0.1:80"}));
  EXPECT_THAT(change(MergeSide::kRunning), IsEmpty());
  EXPECT_THAT(diff_config(merge(MergeSide::kFile).config, file_), IsEmpty());
  std::swap(file_, running_);
  EXPECT_THAT(merge(MergeSide::kNone).collisions,
              ElementsAre(Collision{"pools.t", "needed by listener 127.0.0.1:80", "removed"}));
  EXPECT_THAT(change(MergeSide::kRunning), IsEmpty());
  EXPECT_THAT(diff_config(merge(MergeSide::kFile).config, file_), IsEmpty());
}

TEST_F(MergeReferences, APoolThatWasChangedAsWellIsOneCollision) {
  take_away(file_);
  running_.listeners.push_back(tcp_listener("127.0.0.1:97", "t"));
  running_.pools[0].backends.emplace_back().endpoint = *Endpoint::parse("10.0.0.1:80");
  EXPECT_THAT(merge(MergeSide::kNone).collisions,
              ElementsAre(Collision{"pools.t", "removed", "pools.t.backends: + 10.0.0.1:80"}));
  EXPECT_THAT(merge(MergeSide::kFile).collisions,
              ElementsAre(Collision{"pools.t", "removed",
                                    "pools.t.backends: + 10.0.0.1:80; needed by listener 127.0.0.1:97"}));
}

TEST_F(MergeReferences, ABackendThatWasChangedInAPoolThatTheOtherSideRemoved) {
  base_->pools[0].backends.emplace_back().endpoint = *Endpoint::parse("10.0.0.1:80");
  file_ = running_ = *base_;
  take_away(file_);
  running_.pools[0].backends[0].weight = 5;
  EXPECT_THAT(merge(MergeSide::kNone).collisions,
              ElementsAre(Collision{"pools.t", "removed", "pools.t.backends.10.0.0.1:80.weight: 1 -> 5"}));
  EXPECT_THAT(change(MergeSide::kRunning), ElementsAre("listeners: - 127.0.0.1:80"));
  EXPECT_THAT(diff_config(merge(MergeSide::kFile).config, file_), IsEmpty());
}

TEST_F(MergeReferences, OtherSpellingsOfAListenerAreTheSame) {
  file_.listeners.push_back(tcp_listener("unix:/run/a//b", "t"));
  running_.listeners.push_back(tcp_listener("unix:/run/a/b", "t"));
  file_.listeners.push_back(tcp_listener("127.0.0.1:81", "t"));
  running_.listeners.push_back(tcp_listener("[::ffff:127.0.0.1]:81", "t"));
  EXPECT_THAT(merge(MergeSide::kNone).collisions, IsEmpty());
  running_.listeners[1].pool = "other";
  running_.pools.emplace_back().name = "other";
  EXPECT_THAT(merge(MergeSide::kNone).collisions,
              ElementsAre(Collision{"listeners.unix:/run/a/b.pool", "\"t\"", "\"other\""}));
}

}  // namespace
}  // namespace demo
