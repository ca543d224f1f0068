#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "demo/control/v1/control.pb.h"
#include "invocation/api.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class ConfigApplyTest : public DemoctlOfFakeDaemon {
 protected:
  // The answer of a daemon whose one worker has the change.
  static api::ApplyConfigResponse applied() {
    api::ApplyConfigResponse response;
    response.mutable_result()->set_generation(5);
    response.mutable_result()->add_workers()->set_applied(true);
    return response;
  }
};

TEST_F(ConfigApplyTest, SendsAStateFileAsItIs) {
  daemon_.answer("ApplyConfig", applied());
  const std::string file = testing::TempDir() + "state.json";
  const std::string text = "\xef\xbb\xbf{\"x\xff\": 1";
  std::ofstream(file) << text;
  EXPECT_EQ(democtl({"config", "apply", file}), 0);
  const auto request = daemon_.request<api::ApplyConfigRequest>("ApplyConfig");
  EXPECT_EQ(request.json(), text);
  EXPECT_EQ(request.name(), file);
  EXPECT_FALSE(request.has_config());
  std::remove(file.c_str());
}

TEST_F(ConfigApplyTest, RemovesNothingByAStateFileWithoutBeingTold) {
  api::ApplyConfigResponse response = applied();
  for (const char* line : {"listeners: - 127.0.0.1:80", "response.body: - a -> b",
                           "pools.api.policy: a -> - b", "pools.api.backends: - 10.0.0.3:80", "pools: + x"}) {
    response.mutable_result()->add_differences(line);
  }
  daemon_.answer("ApplyConfig", response);
  const std::string file = testing::TempDir() + "less.json";
  std::ofstream(file) << "{}";
  EXPECT_EQ(democtl({"config", "apply", file}), 4);
  EXPECT_TRUE(daemon_.request<api::ApplyConfigRequest>("ApplyConfig").options().dry_run());
  EXPECT_THAT(err_, HasSubstr("would be removed: listeners: - 127.0.0.1:80\n"));
  EXPECT_THAT(err_, HasSubstr("would be removed: pools.api.backends: - 10.0.0.3:80\n"));
  EXPECT_THAT(err_, Not(HasSubstr("body")));
  EXPECT_THAT(err_, Not(HasSubstr("policy")));
  EXPECT_EQ(democtl({"config", "apply", file, "--yes"}), 0);
  EXPECT_FALSE(daemon_.request<api::ApplyConfigRequest>("ApplyConfig").options().has_expected_generation());
  std::remove(file.c_str());
}

TEST_F(ConfigApplyTest, ReadsAStateFileThatIsTooLongForARequestItself) {
  daemon_.answer("ApplyConfig", applied());
  const std::string file = testing::TempDir() + "state.json";
  const std::string blanks(3'200'000, ' ');
  std::ofstream(file) << R"({"listeners":[{"address":":80"}])" << blanks << "}";
  EXPECT_EQ(democtl({"config", "apply", file}), 0);
  EXPECT_EQ(daemon_.request<api::ApplyConfigRequest>("ApplyConfig").config().listeners(0).address(), ":80");
  std::ofstream(file) << R"({"wrokers":{}, "accept_mode":1000)" << blanks << "}";
  EXPECT_EQ(democtl({"config", "apply", file}), 2);
  EXPECT_THAT(err_,
              testing::StartsWith("democtl: " + file +
                                  ":1:2: wrokers: there is no such field, did you mean \"workers\"?\n"));
  EXPECT_THAT(err_, HasSubstr("\ndemoctl: " + file + ":1:30: accept_mode: 1000 is not one of"));
  std::remove(file.c_str());
}

TEST_F(ConfigApplyTest, SaysThatTheStateKeptChangingInPlaceOfAnOptionThatNobodyTyped) {
  const std::string file = testing::TempDir() + "state.json";
  std::ofstream(file) << "{}";
  daemon_.answer("ApplyConfig", applied());
  // Every try finds that another has changed the state since the look at it.
  daemon_.refuse_every_other("ApplyConfig", grpc::StatusCode::ABORTED,
                             "expected_generation is \"5\": the state is at 6", "expected_generation", "5");
  EXPECT_EQ(democtl({"config", "apply", file}), 4);
  EXPECT_THAT(err_, testing::StartsWith("democtl: nothing changed: the state kept changing meanwhile"));
  EXPECT_THAT(err_, Not(HasSubstr("--expect-generation")));
  EXPECT_EQ(democtl({"config", "apply", file, "--expect-generation", "5"}), 4);
  EXPECT_THAT(err_, HasSubstr("--expect-generation: \"5\": the state is at 6"));
  std::remove(file.c_str());
}

}  // namespace
}  // namespace demo::ctl
