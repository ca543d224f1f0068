#include "values/switch_word.h"

#include <gtest/gtest.h>

#include "demo/control/v1/settings.pb.h"
#include "invocation/api.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {
namespace {

TEST(SwitchWord, TakesTheUsualWordsInEitherCase) {
  for (const char* word : {"on", "yes", "true", "ON", "Yes"}) EXPECT_EQ(parse_switch(word), true) << word;
  for (const char* word : {"off", "no", "false", "False"}) EXPECT_EQ(parse_switch(word), false) << word;
  for (const char* word : {"", "1", "onn", "enabled"}) EXPECT_EQ(parse_switch(word), std::nullopt) << word;
}

class SwitchWordOfVerbs : public DemoctlOfFakeDaemon {};

TEST_F(SwitchWordOfVerbs, AreTheSameEverywhere) {
  for (const char* word : {"yes", "true", "on"}) {
    democtl({"debug", word});
    EXPECT_EQ(daemon_.request<api::SetLogLevelRequest>("SetLogLevel").level(), api::LOG_LEVEL_DEBUG) << word;
    democtl({"keepalive", word});
    EXPECT_TRUE(daemon_.request<api::SetKeepaliveRequest>("SetKeepalive").client().enabled()) << word;
  }
}

// The words follow the name, which does not say them first.
TEST_F(SwitchWordOfVerbs, AndAllOthersAreToldOnce) {
  EXPECT_EQ(democtl({"keepalive", "onn"}), 2);
  EXPECT_EQ(err_, "democtl: keepalive: \"onn\" is not one of on, off, did you mean \"on\"?\n");
  EXPECT_EQ(democtl({"debug", "maybe"}), 2);
  EXPECT_EQ(err_, "democtl: debug: \"maybe\" is not one of error, warning, notice, info, debug, on, off\n");
  EXPECT_EQ(democtl({"accept-mode", "reuse"}), 2);
  EXPECT_EQ(
      err_,
      "democtl: accept-mode: \"reuse\" is not one of shared, exclusive, reuseport, reuseport-cpu, default, "
      "did you mean one of reuseport, reuseport-cpu?\n");
  daemon_.refuse("SetAcceptMode", grpc::StatusCode::INVALID_ARGUMENT, "mode: not now", "mode");
  EXPECT_EQ(democtl({"accept-mode", "shared"}), 2);
  EXPECT_EQ(err_, "democtl: accept-mode: not now\n");
}

}  // namespace
}  // namespace demo::ctl
