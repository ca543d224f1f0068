#include "values/request_text.h"

#include <gmock/gmock.h>

#include "demo/control/v1/control.pb.h"
#include "demo/control/v1/file.pb.h"
#include "failure.h"
#include "text/api_sizes.h"

namespace demo::ctl {
namespace {

namespace api = control::v1;

std::string refusal_of(const google::protobuf::Message& request) {
  try {
    require_utf8(request);
    require_size(request);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::kUsage);
    return failure.message();
  }
  return {};
}

TEST(RequestText, OfAnotherEncodingIsRefusedWhereverItStands) {
  api::AddListenerRequest added;
  added.mutable_listener()->set_address("unix:/run/caf\xe9.sock");
  EXPECT_EQ(refusal_of(added), "\"unix:/run/caf\xe9.sock\" (address) is not UTF-8, which all text must be");
  api::UpdateBackendRequest updated;
  updated.add_reset_fields(std::string("weight"));
  updated.add_reset_fields(std::string(1, static_cast<char>(0xff)));
  EXPECT_THAT(refusal_of(updated), testing::HasSubstr("(reset_fields)"));
}

TEST(RequestText, IsNoLongerThanTheDaemonTakesIt) {
  api::ApplyFileRequest request;
  request.set_text(std::string(text::kApiMessageBytes - 5, 'x'));  // a tag, and a length of four bytes
  ASSERT_EQ(request.ByteSizeLong(), text::kApiMessageBytes);
  EXPECT_EQ(refusal_of(request), "");
  request.mutable_text()->push_back('x');
  EXPECT_EQ(refusal_of(request), "the request has 4194305 bytes: the daemon takes at most 4194304");
}

TEST(RequestText, OfUtf8AndBytesOfAnyKindPass) {
  api::AddListenerRequest added;
  added.mutable_listener()->set_address("unix:/run/caf\xc3\xa9.sock");
  EXPECT_EQ(refusal_of(added), "");
  api::SetResponseRequest response;
  response.mutable_response()->set_body(std::string(2, static_cast<char>(0xff)));
  EXPECT_EQ(refusal_of(response), "");
}

}  // namespace
}  // namespace demo::ctl
