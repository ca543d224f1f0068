#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "demo/control/v1/monitor.pb.h"
#include "invocation/api.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {
namespace {

using ConfigDiffTest = DemoctlOfFakeDaemon;

TEST_F(ConfigDiffTest, PrintsTheLinesOfADaemonThatDoesNotTellWhoChangedWhat) {
  api::GetConfigResponse response;
  response.mutable_running();
  response.add_differences_from_file("workers.count: 2 -> 3");
  response.add_differences_from_file("debug: off -> on");
  daemon_.answer("GetConfig", response);
  EXPECT_EQ(democtl({"config", "diff"}), 0);
  EXPECT_EQ(out_, "workers.count: 2 -> 3\ndebug: off -> on\n");
  EXPECT_EQ(democtl({"config", "diff", "--sort", "difference"}), 0);
  EXPECT_EQ(out_, "debug: off -> on\nworkers.count: 2 -> 3\n");
  EXPECT_EQ(democtl({"config", "diff", "-o", "csv"}), 0);
  EXPECT_EQ(out_, "difference\nworkers.count: 2 -> 3\ndebug: off -> on\n");
}

TEST_F(ConfigDiffTest, PrintsValuesWithWhoChangedThemWhereTheDaemonTells) {
  api::GetConfigResponse response;
  response.set_file_base_known(true);
  response.add_differences_from_file("workers.count: 2 -> 3");
  api::FileDifference& value = *response.add_file_differences();
  value.set_path("workers.count");
  value.set_base("2");
  value.set_file("2");
  value.set_running("3");
  value.set_change(api::FILE_CHANGE_KEEP);
  daemon_.answer("GetConfig", response);
  EXPECT_EQ(democtl({"config", "diff", "-o", "csv"}), 0);
  EXPECT_EQ(out_, "path,last-read,file,running,apply-file\nworkers.count,2,2,3,keep\n");
}

TEST_F(ConfigDiffTest, LeavesColumnsOutBeforeItCutsAPath) {
  api::GetConfigResponse response;
  response.set_file_base_known(true);
  api::FileDifference& value = *response.add_file_differences();
  value.set_path("pools.payments.ejection.consecutive_failures");
  value.set_base("5");
  value.set_file("5");
  value.set_running("7");
  value.set_change(api::FILE_CHANGE_KEEP);
  daemon_.answer("GetConfig", response);
  terminal_ = true;  // of 80 columns
  EXPECT_EQ(democtl({"config", "diff"}), 0);
  EXPECT_THAT(out_, testing::AllOf(testing::HasSubstr(value.path()), testing::HasSubstr("APPLY-FILE"),
                                   testing::Not(testing::HasSubstr("LAST-READ"))));
}

TEST_F(ConfigDiffTest, PrintsNothingWhereNothingDiffers) {
  daemon_.answer("GetConfig", api::GetConfigResponse());
  EXPECT_EQ(democtl({"config", "diff"}), 0);
  EXPECT_EQ(out_ + err_, "");
}

}  // namespace
}  // namespace demo::ctl
