#include "config/config_merge.h"

#include <gmock/gmock.h>

#include "config/config_diff.h"
#include "unit/config/random_config.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Listener merged_listener(const char* address, ListenerMode mode = ListenerMode::kAuto) {
  Listener result;
  result.address = *Address::parse(address);
  result.mode = mode;
  return result;
}

Backend merged_backend(const char* endpoint, unsigned weight = 1) {
  Backend result;
  result.endpoint = *Endpoint::parse(endpoint);
  result.weight = weight;
  return result;
}

// One listener, and a pool "api" with two backends.
Config base_config() {
  Config config;
  config.listeners = {merged_listener("127.0.0.1:80")};
  config.pools.emplace_back().name = "api";
  config.pools[0].backends = {merged_backend("10.0.0.1:80"), merged_backend("10.0.0.2:80")};
  return config;
}

class ConfigMergeTest : public testing::Test {
 protected:
  ConfigMerge merge(MergeSide side = MergeSide::kNone) { return merge_config(base_, file_, running_, side); }
  std::vector<std::string> left_of_file(const ConfigMerge& merge) { return diff_config(file_, merge.config); }
  std::vector<std::string> left_of_running(const ConfigMerge& merge) {
    return diff_config(running_, merge.config);
  }

  std::optional<Config> base_ = base_config();
  Config file_ = base_config();
  Config running_ = base_config();
};

TEST_F(ConfigMergeTest, TakesTheFilesChangesAndKeepsThoseOfRunTime) {
  file_.client_keepalive.enabled = true;
  file_.pools[0].backends[1].weight = 7;
  running_.response.status = 203;
  running_.pools[0].backends[1].backup = true;
  running_.pools[0].backends.push_back(merged_backend("10.0.0.3:80"));
  const ConfigMerge result = merge();
  EXPECT_THAT(result.collisions, IsEmpty());
  EXPECT_EQ(result.taken, 2U);
  EXPECT_EQ(result.kept, 3U);
  EXPECT_THAT(left_of_running(result), ElementsAre("client_keepalive.enabled: false -> true",
                                                   "pools.api.backends.10.0.0.2:80.weight: 1 -> 7"));
  EXPECT_THAT(left_of_file(result), ElementsAre("response.status: 200 -> 203",
                                                "pools.api.backends.10.0.0.2:80.backup: false -> true",
                                                "pools.api.backends: + 10.0.0.3:80"));
}

TEST_F(ConfigMergeTest, FindsNoCollisionInTheSameChangeOnBothSides) {
  for (Config* const side : {&file_, &running_}) {
    side->pools[0].policy = BalancePolicy::kUriHash;
    side->pools[0].backends = {merged_backend("10.0.0.2:80"), merged_backend("10.0.0.4:80")};
    side->listeners = {merged_listener("127.0.0.1:81", ListenerMode::kServer)};
  }
  const ConfigMerge result = merge();
  EXPECT_THAT(result.collisions, IsEmpty());
  EXPECT_EQ(result.taken + result.kept, 0U);
  EXPECT_EQ(result.config, running_);
}

TEST_F(ConfigMergeTest, ShowsWhatBothSidesChangedDifferently) {
  file_.pools[0].policy = BalancePolicy::kUriHash;
  running_.pools[0].policy = BalancePolicy::kSourceHash;
  file_.forwarding.via = true;
  const ConfigMerge result = merge();
  EXPECT_THAT(result.collisions, ElementsAre(Collision{"pools.api.policy", "round-robin -> uri-hash",
                                                       "round-robin -> source-hash"}));
  EXPECT_THAT(left_of_running(result), ElementsAre("forwarding.via: false -> true"));
  EXPECT_EQ(merge(MergeSide::kFile).config.pools[0].policy, BalancePolicy::kUriHash);
  EXPECT_EQ(merge(MergeSide::kRunning).config.pools[0].policy, BalancePolicy::kSourceHash);
}

TEST_F(ConfigMergeTest, TakesARemovalOfWhatTheOtherSideLeftAlone) {
  file_.pools[0].backends.erase(file_.pools[0].backends.begin());
  running_.listeners.clear();
  const ConfigMerge result = merge();
  EXPECT_THAT(result.collisions, IsEmpty());
  EXPECT_THAT(left_of_running(result), ElementsAre("pools.api.backends: - 10.0.0.1:80"));
  EXPECT_THAT(left_of_file(result), ElementsAre("listeners: - 127.0.0.1:80"));
}

TEST_F(ConfigMergeTest, ShowsARemovalOfWhatTheOtherSideChanged) {
  file_.pools[0].backends.erase(file_.pools[0].backends.begin());
  running_.pools[0].backends[0].weight = 5;
  file_.listeners[0].mode = ListenerMode::kServer;
  running_.listeners.clear();
  EXPECT_THAT(merge().collisions,
              UnorderedElementsAre(Collision{"pools.api.backends.10.0.0.1:80", "removed",
                                             "pools.api.backends.10.0.0.1:80.weight: 1 -> 5"},
                                   Collision{"listeners.127.0.0.1:80",
                                             "listeners.127.0.0.1:80.mode: auto -> server", "removed"}));
  EXPECT_THAT(diff_config(merge(MergeSide::kFile).config, file_), IsEmpty());
  EXPECT_THAT(diff_config(merge(MergeSide::kRunning).config, running_), IsEmpty());
}

TEST_F(ConfigMergeTest, TakesARenamedPoolAndAMovedListenerForOneRemovedAndOneAdded) {
  file_.pools[0].name = "web";
  file_.listeners[0] = merged_listener("127.0.0.1:81");
  EXPECT_THAT(merge().collisions, IsEmpty());
  EXPECT_THAT(diff_config(merge().config, file_), IsEmpty());
  running_.pools[0].backends.push_back(merged_backend("10.0.0.3:80"));
  running_.listeners[0].mode = ListenerMode::kServer;
  const ConfigMerge result = merge();
  EXPECT_THAT(result.collisions,
              UnorderedElementsAre(Collision{"listeners.127.0.0.1:80", "removed",
                                             "listeners.127.0.0.1:80.mode: auto -> server"},
                                   Collision{"pools.api", "removed", "pools.api.backends: + 10.0.0.3:80"}));
  EXPECT_THAT(left_of_running(result),
              UnorderedElementsAre("listeners: + 127.0.0.1:81 (auto)", "pools: + web",
                                   "pools.web.backends: + 10.0.0.1:80", "pools.web.backends: + 10.0.0.2:80"));
}

TEST_F(ConfigMergeTest, KeepsBothNamesOfAPoolThatEachSideRenamed) {
  file_.pools[0].name = "web";
  running_.pools[0].name = "app";
  const ConfigMerge result = merge();
  EXPECT_THAT(result.collisions, IsEmpty());
  ASSERT_EQ(result.config.pools.size(), 2U);
  EXPECT_NE(find_pool(result.config, "web"), nullptr);
  EXPECT_NE(find_pool(result.config, "app"), nullptr);
}

TEST_F(ConfigMergeTest, ComparesWhatBothSidesAdded) {
  for (Config* const side : {&file_, &running_}) side->listeners.push_back(merged_listener("127.0.0.1:81"));
  EXPECT_THAT(merge().collisions, IsEmpty());
  running_.listeners[1].mode = ListenerMode::kServer;
  EXPECT_THAT(merge().collisions, ElementsAre(Collision{"listeners.127.0.0.1:81.mode", "auto", "server"}));
}

TEST_F(ConfigMergeTest, TakesThePlanOfWorkersAsAWhole) {
  file_.workers.count = 2;
  running_.workers.cores = {0, 1};
  EXPECT_THAT(merge().collisions,
              ElementsAre(Collision{"workers", "workers.count: unset -> 2", "workers.cores: unset -> 0,1"}));
  EXPECT_EQ(merge(MergeSide::kFile).config.workers, file_.workers);
  EXPECT_EQ(merge(MergeSide::kRunning).config.workers, running_.workers);
}

TEST_F(ConfigMergeTest, WithoutABaseShowsEveryDifference) {
  base_.reset();
  EXPECT_THAT(merge().collisions, IsEmpty());
  file_.forwarding.via = true;
  file_.pools[0].backends.push_back(merged_backend("10.0.0.3:80"));
  running_.listeners.push_back(merged_listener("127.0.0.1:81"));
  EXPECT_THAT(merge().collisions,
              UnorderedElementsAre(Collision{"forwarding.via", "true", "false"},
                                   Collision{"pools.api.backends.10.0.0.3:80", "there", "not there"},
                                   Collision{"listeners.127.0.0.1:81", "not there", "there"}));
  EXPECT_THAT(diff_config(merge(MergeSide::kFile).config, file_), IsEmpty());
  EXPECT_EQ(merge(MergeSide::kRunning).config, running_);
}

TEST_F(ConfigMergeTest, KeepsWhatModeAutoWasDecidedToMean) {
  running_.listeners[0].auto_forwards = true;
  file_.listeners[0].kernel.backlog = 5;
  const ConfigMerge result = merge();
  EXPECT_TRUE(result.config.listeners[0].auto_forwards);
  EXPECT_EQ(result.config.listeners[0].kernel.backlog, 5);
}

TEST(ConfigMerge, WithOneSideUnchangedIsTheOtherSide) {
  test::RandomConfigs configs(28);
  for (int i = 0; i < 80; ++i) {
    const Config base = configs.next();
    Config other = configs.next();
    if (i % 2 == 0) {
      other = base;
      configs.vary(other, 4);
    }
    for (const MergeSide side : {MergeSide::kNone, MergeSide::kFile, MergeSide::kRunning}) {
      const ConfigMerge from_file = merge_config(base, other, base, side);
      EXPECT_THAT(from_file.collisions, IsEmpty());
      EXPECT_THAT(diff_config(from_file.config, other), IsEmpty());
      EXPECT_EQ(from_file.kept, 0U);
      const ConfigMerge from_running = merge_config(base, base, other, side);
      EXPECT_THAT(from_running.collisions, IsEmpty());
      EXPECT_EQ(from_running.config, other);
      EXPECT_EQ(from_running.taken, 0U);
      const ConfigMerge same = merge_config(base, other, other, side);
      EXPECT_THAT(same.collisions, IsEmpty());
      EXPECT_EQ(same.config, other);
    }
  }
}

// However both sides went on, a second application of the same file finds nothing to do.
TEST(ConfigMerge, IsDoneOnceTheFileWasTaken) {
  test::RandomConfigs configs(2028);
  for (int i = 0; i < 80; ++i) {
    const Config base = configs.next();
    Config file = base;
    Config running = base;
    configs.vary(file, 4);
    configs.vary(running, 4);
    for (const MergeSide side : {MergeSide::kFile, MergeSide::kRunning}) {
      const Config merged = merge_config(base, file, running, side).config;
      const ConfigMerge again = merge_config(file, file, merged, MergeSide::kNone);
      EXPECT_THAT(again.collisions, IsEmpty());
      EXPECT_EQ(again.config, merged);
    }
    // A crash before the new base was kept: what was taken is the same change on both sides.
    const Config merged = merge_config(base, file, running, MergeSide::kFile).config;
    const ConfigMerge late = merge_config(base, file, merged, MergeSide::kNone);
    EXPECT_THAT(late.collisions, IsEmpty());
    EXPECT_EQ(late.config, merged);
  }
}

TEST(CompareWithFile, CountsTheChangesOfBothSides) {
  Config file = base_config();
  Config running = base_config();
  EXPECT_TRUE(compare_with_file(base_config(), file, running).equal);
  EXPECT_TRUE(compare_with_file({}, file, running).equal);
  running.response.status = 203;
  running.pools[0].policy = BalancePolicy::kSourceHash;
  file.pools[0].policy = BalancePolicy::kUriHash;
  const FileComparison known = compare_with_file(base_config(), file, running);
  EXPECT_FALSE(known.equal);
  EXPECT_EQ(known.runtime_changes, 2U);
  EXPECT_EQ(known.file_changes, 1U);
  EXPECT_EQ(known.collisions, 1U);
  const FileComparison unknown = compare_with_file({}, file, running);
  EXPECT_FALSE(unknown.equal || unknown.base_known);
  EXPECT_EQ(unknown.differences, 2U);
}

// As after a death between the writes of the state and of the base.
TEST(SettledBase, TakesInWhatFileAndRunningStateAgreeOn) {
  const Config base = base_config();
  Config file = base;
  file.response.status = 203;
  file.listeners.push_back(merged_listener("127.0.0.1:81"));
  file.pools[0].backends.erase(file.pools[0].backends.begin());
  Config running = file;
  EXPECT_EQ(settled_base(base, file, running), file);
  // What is undone from then on is a change of that side.
  const Config settled = settled_base(base, file, running);
  running.listeners.pop_back();
  EXPECT_EQ(merge_config(settled, file, running, MergeSide::kNone).config, running);
}

TEST(SettledBase, LeavesWhatTheyDifferIn) {
  const Config base = base_config();
  Config file = base;
  file.response.status = 203;
  file.listeners.push_back(merged_listener("127.0.0.1:81", ListenerMode::kServer));
  Config running = base;
  running.response.status = 204;
  running.listeners.push_back(merged_listener("127.0.0.1:81", ListenerMode::kRaw));
  running.pools[0].backends[0].weight = 5;
  EXPECT_EQ(settled_base(base, file, running), base);
}

// So many that steps which grow with their square would take minutes.
TEST_F(ConfigMergeTest, GoesThroughALargePoolInStepsOfItsSize) {
  std::vector<Backend> backends(100'000);
  for (std::size_t i = 0; i < backends.size(); ++i) backends[i].endpoint.text = "b" + std::to_string(i);
  base_->pools[0].backends = file_.pools[0].backends = running_.pools[0].backends = backends;
  file_.pools[0].backends.push_back(merged_backend("new:80"));
  running_.pools[0].backends.erase(running_.pools[0].backends.begin());
  const ConfigMerge merged = merge();
  EXPECT_EQ(merged.taken, 1U);
  EXPECT_EQ(merged.kept, 1U);
  EXPECT_THAT(merged.collisions, IsEmpty());
  const Config settled = settled_base(*base_, merged.config, running_);
  EXPECT_EQ(settled.pools[0].backends.size(), backends.size() - 1);
}

}  // namespace
}  // namespace demo
