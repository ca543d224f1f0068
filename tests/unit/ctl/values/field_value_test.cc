#include "values/field_value.h"

#include <gtest/gtest.h>

#include "demo/control/v1/control.pb.h"
#include "failure.h"
#include "invocation/api.h"
#include "values/enum_text.h"
#include "values/setting.h"

namespace demo::ctl {
namespace {

std::string refusal(google::protobuf::Message& message, const char* path, const std::string& text) {
  try {
    set_field(message, path, text);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::kUsage);
    return failure.message();
  }
  return "";
}

TEST(FieldValue, SetsEveryKindOfField) {
  api::AddListenerRequest request;
  set_field(request, "listener.address", ":80");
  set_field(request, "listener.mode", "TCP");
  set_field(request, "listener.kernel.backlog", "128");
  set_field(request, "listener.kernel.nodelay", "off");
  set_field(request, "listener.kernel.busy_poll", "50us");
  set_field(request, "listener.kernel.send_buffer_bytes", "64k");
  const api::Listener& listener = request.listener();
  EXPECT_EQ(listener.address(), ":80");
  EXPECT_EQ(listener.mode(), api::LISTENER_MODE_TCP);
  EXPECT_EQ(listener.kernel().backlog(), 128);
  EXPECT_TRUE(listener.kernel().has_nodelay());
  EXPECT_FALSE(listener.kernel().nodelay());
  EXPECT_EQ(listener.kernel().busy_poll().nanos(), 50'000);
  EXPECT_EQ(listener.kernel().send_buffer_bytes(), 65536);
}

TEST(FieldValue, AppendsToRepeatedFields) {
  api::SetWorkersRequest request;
  set_field(request, "cores", "0");
  set_field(request, "cores", "2");
  EXPECT_EQ(request.cores_size(), 2);
  EXPECT_EQ(request.cores(1), 2U);
}

TEST(FieldValue, LeavesNothingBehindWhenItRefuses) {
  api::AddBackendRequest request;
  EXPECT_EQ(refusal(request, "backend.weight", "ten"), "\"ten\" is not a whole number");
  EXPECT_FALSE(request.has_backend());
}

TEST(FieldValue, SaysWhatItExpected) {
  api::UpdatePoolRequest pool;
  EXPECT_EQ(refusal(pool, "pool.timeouts.head", "soon"),
            "\"soon\" is not a duration such as 250ms, 30s or 5m");
  EXPECT_EQ(refusal(pool, "pool.timeouts.head", "100MS"),
            "\"100MS\" is not a duration such as 250ms, 30s or 5m, did you mean \"100ms\"?");
  EXPECT_EQ(refusal(pool, "pool.timeouts.head", "SOON"),
            "\"SOON\" is not a duration such as 250ms, 30s or 5m");
  EXPECT_EQ(refusal(pool, "pool.health.kind", "htp"),
            "\"htp\" is not one of none, tcp, http, did you mean \"http\"?");
  EXPECT_EQ(refusal(pool, "pool.ejection.allow_last", "maybe"), "\"maybe\" is not one of on, off");
  EXPECT_EQ(refusal(pool, "pool.queue_limit", "4294967296"), "\"4294967296\": must be from 0 to 4294967295");
}

TEST(FieldValue, ShowsInTheHelpWhatAFieldTakes) {
  const api::AddListenerRequest request;
  EXPECT_EQ(field_placeholder(request, "listener.mode"), "auto|server|proxy|tcp|raw");
  EXPECT_EQ(field_placeholder(request, "listener.accept_proxy_protocol"), "on|off");
  EXPECT_EQ(field_placeholder(request, "listener.kernel.defer_accept"), "DURATION");
  EXPECT_EQ(field_placeholder(request, "listener.kernel.receive_buffer_bytes"), "SIZE");
  EXPECT_EQ(field_placeholder(request, "listener.kernel.backlog"), "N");
  EXPECT_EQ(field_placeholder(request, "listener.pool"), "TEXT");
}

TEST(EnumText, UsesTheWordsOfTheConfigurationFile) {
  EXPECT_EQ(enum_word(api::ACCEPT_MODE_REUSEPORT_CPU), "reuseport-cpu");
  EXPECT_EQ(enum_word(api::ACCEPT_MODE_UNSPECIFIED), "unknown");
  EXPECT_EQ(enum_word(*api::AcceptMode_descriptor(), 99), "99");
}

// Whichever side finds it: the daemon says the same of what its type can hold.
TEST(SetField, TellsARangeOfWhatIsTooLargeOrNegative) {
  api::AddListenerRequest listener;
  EXPECT_EQ(refusal(listener, "listener.kernel.backlog", "2147483648"),
            "\"2147483648\": must be from 1 to 2147483647");
  EXPECT_EQ(refusal(listener, "listener.kernel.backlog", "-1"), "\"-1\": must be from 1 to 2147483647");
  EXPECT_EQ(refusal(listener, "listener.kernel.send_buffer_bytes", "2g"),
            "\"2g\": must be from 1 to 2147483647");
  api::AddBackendRequest backend;
  EXPECT_EQ(refusal(backend, "backend.weight", "-1"), "\"-1\": must be from 0 to 1000");
  api::AddPoolRequest pool;
  EXPECT_EQ(refusal(pool, "pool.timeouts.head", "-5s"), "\"-5s\": must be from 1ms to 7d");
  EXPECT_EQ(refusal(pool, "pool.timeouts.head", "99999999999999d"),
            "\"99999999999999d\": must be from 1ms to 7d");
  EXPECT_EQ(refusal(pool, "pool.timeouts.head", "-"), "\"-\" is not a duration such as 250ms, 30s or 5m");
}

TEST(SettingHelp, SaysRangeAndDefault) {
  const auto help = [](const char* path) {
    const google::protobuf::Descriptor& type = *api::Pool::descriptor();
    return setting_help(setting_of(type, path), field_at(type, path));
  };
  EXPECT_EQ(help("health.interval"), "time between two checks (10ms to 7d, default 2s)");
  EXPECT_EQ(help("queue_limit"), "requests that one worker lets wait (0 to 4294967295, default 256)");
  EXPECT_EQ(help("policy"), "how a backend is chosen (default round-robin)");
}

}  // namespace
}  // namespace demo::ctl
