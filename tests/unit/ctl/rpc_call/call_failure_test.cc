#include "rpc_call/call_failure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "demo/control/v1/error.pb.h"
#include "invocation/api.h"

namespace demo::ctl {
namespace {

Target socket_target() {
  Target target;
  target.path = "/run/demo-server/control.sock";
  return target;
}

std::string details(const char* field, const char* value, const char* reason) {
  api::ErrorDetail detail;
  detail.set_field(field);
  detail.set_value(value);
  detail.set_reason(reason);
  api::ErrorStatus status;
  status.add_details()->PackFrom(detail);
  return status.SerializeAsString();
}

TEST(CallFailure, AddsFieldAndValueThatTheSentenceDoesNotName) {
  const Failure failure =
      failure_of({3, "must be at most 1000.", details("backend.weight", "5000", "")}, socket_target());
  EXPECT_EQ(failure.code(), ExitCode::kUsage);
  EXPECT_EQ(failure.message(), "backend.weight: \"5000\": must be at most 1000");
}

TEST(CallFailure, RepeatsNothingThatTheSentenceNames) {
  const Failure failure = failure_of({6, "backend.endpoint 10.0.0.3:80 is in the pool already",
                                      details("backend.endpoint", "10.0.0.3:80", "")},
                                     socket_target());
  EXPECT_EQ(failure.message(), "backend.endpoint 10.0.0.3:80 is in the pool already");
}

TEST(CallFailure, TellsSeveralMistakesInALineEach) {
  api::FieldViolations violations;
  for (const char* text : {"s.json:1:2: a", "s.json:2:1: b", "and 3 more"}) {
    violations.add_violations()->set_description(text);
  }
  api::ErrorStatus status;
  ASSERT_TRUE(status.ParseFromString(details("a", "", "")));
  auto& any = *status.add_details();
  any.set_type_url("type.googleapis.com/google.rpc.BadRequest");
  any.set_value(violations.SerializeAsString());
  const Failure failure =
      failure_of({3, "s.json:1:2: a; s.json:2:1: b", status.SerializeAsString()}, socket_target());
  EXPECT_EQ(failure.code(), ExitCode::kUsage);
  EXPECT_EQ(failure.message(), "s.json:1:2: a");
  EXPECT_EQ(failure.more(), (std::vector<std::string>{"s.json:2:1: b", "and 3 more"}));
}

TEST(CallFailure, NamesNothingTwice) {
  const std::string name(400, 'a');
  for (const auto& [message, field] : std::vector<std::pair<std::string, std::string>>{
           {"the backend " + name + " leads back", "pools.p.backends." + name + ".address"},
           {"the backend " + name.substr(0, 300) + "...", "endpoint"},
           {"endpoint: invalid address \"" + name + "\"", "endpoint"}}) {
    const std::string told =
        failure_of({3, message, details(field.c_str(), name.c_str(), "")}, socket_target()).message();
    EXPECT_LE(std::count(told.begin(), told.end(), 'a'), 440) << told;
  }
}

TEST(CallFailure, GivesEveryStatusItsExitCode) {
  const std::string by_daemon = details("", "", "why");
  const std::vector<std::pair<int, ExitCode>> expected{
      {3, ExitCode::kUsage},    {5, ExitCode::kNotFound},     {6, ExitCode::kConflict},
      {7, ExitCode::kDenied},   {9, ExitCode::kConflict},     {10, ExitCode::kConflict},
      {4, ExitCode::kTimedOut}, {14, ExitCode::kUnreachable}, {16, ExitCode::kDenied},
      {8, ExitCode::kFailed},   {13, ExitCode::kFailed},
  };
  for (const auto& [code, exit] : expected) {
    EXPECT_EQ(failure_of({code, "why", by_daemon}, socket_target()).code(), exit) << code;
  }
}

TEST(CallFailure, SaysWhichSocketDoesNotAnswer) {
  const Failure failure = failure_of({14, "failed to connect to all addresses", ""}, socket_target());
  EXPECT_EQ(failure.code(), ExitCode::kUnreachable);
  EXPECT_NE(failure.message().find("unix:///run/demo-server/control.sock"), std::string::npos);
  EXPECT_EQ(failure.message().find("all addresses"), std::string::npos);
}

// It is escaped where it is written, once.
TEST(CallFailure, KeepsWhatAServerSendsAsItIs) {
  EXPECT_EQ(failure_of({13, "x\x1b]0;y", details("", "", "")}, socket_target()).message(), "x\x1b]0;y");
}

}  // namespace
}  // namespace demo::ctl
