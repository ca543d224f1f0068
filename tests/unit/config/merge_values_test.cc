// What the three-way merge says of each value that file and running state do not have alike.
#include <gmock/gmock.h>

#include "config/config_merge.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MergeValuesTest : public testing::Test {
 protected:
  MergeValuesTest() {
    Config config;
    config.listeners.resize(1);
    config.listeners[0].address = *Address::parse("127.0.0.1:80");
    base_ = file_ = running_ = config;
  }

  std::vector<MergedValue> values() const {
    return merge_config(base_, file_, running_, MergeSide::kNone).values;
  }

  std::optional<Config> base_;
  Config file_;
  Config running_;
};

TEST_F(MergeValuesTest, TellsWhoChangedWhat) {
  file_.max_connections = 5;
  running_.response.status = 203;
  file_.workers.count = 2;
  running_.workers.count = 3;
  file_.forwarding.via = running_.forwarding.via = true;
  EXPECT_THAT(values(),
              ElementsAre(MergedValue{"max_connections", "0", "5", "0", ValueOrigin::kFile},
                          MergedValue{"workers", "default", "count 2", "count 3", ValueOrigin::kBoth},
                          MergedValue{"response.status", "200", "200", "203", ValueOrigin::kRunning}));
}

TEST_F(MergeValuesTest, TellsWhatComesAndGoes) {
  file_.listeners.clear();
  running_.pools.emplace_back().name = "api";
  EXPECT_THAT(
      values(),
      ElementsAre(MergedValue{"listeners.127.0.0.1:80", "there", std::nullopt, "there", ValueOrigin::kFile},
                  MergedValue{"pools.api", std::nullopt, std::nullopt, "there", ValueOrigin::kRunning}));
}

TEST_F(MergeValuesTest, CollidesInAllWithoutABase) {
  base_.reset();
  file_.max_connections = 5;
  running_.listeners.clear();
  EXPECT_THAT(values(),
              ElementsAre(MergedValue{"max_connections", std::nullopt, "5", "0", ValueOrigin::kBoth},
                          MergedValue{"listeners.127.0.0.1:80", std::nullopt, "there", std::nullopt,
                                      ValueOrigin::kBoth}));
}

TEST_F(MergeValuesTest, CollidesInAPoolThatOneSideRemovesAndTheOtherNeeds) {
  base_->pools.emplace_back().name = "api";
  file_ = running_ = *base_;
  file_.pools.clear();
  running_.listeners[0].mode = ListenerMode::kTcp;
  running_.listeners[0].pool = "api";
  const auto told = values();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[2], (MergedValue{"pools.api", "there", std::nullopt, "there", ValueOrigin::kBoth}));
}

TEST_F(MergeValuesTest, HasNothingWhereBothAreAlike) { EXPECT_THAT(values(), IsEmpty()); }

}  // namespace
}  // namespace demo
