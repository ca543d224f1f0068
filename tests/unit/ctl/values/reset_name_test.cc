#include "values/reset_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "demo/control/v1/config.pb.h"
#include "failure.h"
#include "invocation/api.h"
#include "values/field_value.h"
#include "values/setting.h"

namespace demo::ctl {
namespace {

std::string path_of(const google::protobuf::Descriptor& type, std::string_view word) {
  try {
    return reset_path(type, field_paths(type, {}), word);
  } catch (const Failure& failure) {
    return failure.message();
  }
}

TEST(ResetName, IsWhateverTheFieldIsCalledElsewhere) {
  for (const char* word :
       {"kernel.busy_poll", "--busy-poll", "busy-poll", "kernel.busy_poll_us", "busy_poll_us", "busy_poll"}) {
    EXPECT_EQ(path_of(*api::Listener::descriptor(), word), "kernel.busy_poll") << word;
  }
  EXPECT_EQ(path_of(*api::Pool::descriptor(), "eject-after"), "ejection.consecutive_failures");
  EXPECT_EQ(path_of(*api::Pool::descriptor(), "timeouts"), "timeouts");
}

TEST(ResetName, OfASectionIsNotThatOfAnOption) {
  EXPECT_EQ(path_of(*api::Pool::descriptor(), "health"), "health");
  EXPECT_EQ(path_of(*api::Pool::descriptor(), "--health"), "health.kind");
}

TEST(ResetName, IsTakenOfEveryOption) {
  for (const auto* type : {api::Listener::descriptor(), api::Pool::descriptor(), api::Backend::descriptor(),
                           api::Response::descriptor()}) {
    for (const std::string& path : setting_paths(*type)) {
      EXPECT_EQ(path_of(*type, setting_of(*type, path).option()), path);
    }
  }
}

TEST(ResetName, ThatIsNoneIsToldWithThoseOfOptions) {
  EXPECT_THAT(path_of(*api::Listener::descriptor(), "backlogg"),
              testing::AllOf(testing::HasSubstr("accept-proxy-protocol, kernel, backlog, defer-accept"),
                             testing::EndsWith("did you mean \"backlog\"?")));
  // Several end so.
  EXPECT_THAT(path_of(*api::Config::descriptor(), "idle_timeout"), testing::HasSubstr("is not one of"));
  // Not a time: there is no such unit.
  EXPECT_THAT(path_of(*api::Listener::descriptor(), "backlog_s"), testing::HasSubstr("is not one of"));
}

}  // namespace
}  // namespace demo::ctl
