#include "values/field_value.h"

#include <gtest/gtest.h>

#include "demo/control/v1/control.pb.h"
#include "failure.h"
#include "invocation/api.h"
#include "values/enum_text.h"

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
  EXPECT_EQ(refusal(pool, "pool.health.kind", "htp"),
            "\"htp\" is not one of none, tcp, http, did you mean \"http\"?");
  EXPECT_EQ(refusal(pool, "pool.ejection.allow_last", "maybe"), "\"maybe\" is not one of on, off");
  EXPECT_EQ(refusal(pool, "pool.queue_limit", "4294967296"), "\"4294967296\" is more than 4294967295");
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

}  // namespace
}  // namespace demo::ctl
