#include "control/messages/request_path.h"

#include <gtest/gtest.h>

#include <string>

#include "demo/control/v1/control.pb.h"

namespace demo {
namespace {

namespace pb = control::v1;

std::string path_in(const google::protobuf::Message& request, const std::string& field) {
  const Error error = in_request(invalid(field, "5", field + " is \"5\": no"), request);
  EXPECT_EQ(error.message, error.field + " is \"5\": no");
  return error.field;
}

TEST(InRequest, NamesAValueOfAPoolByItsPathInTheRequest) {
  pb::AddPoolRequest request;
  request.mutable_pool()->set_name("a.b");
  request.mutable_pool()->add_backends()->set_endpoint("10.0.0.1:80");
  request.mutable_pool()->add_backends()->set_endpoint(":81");
  EXPECT_EQ(path_in(request, "pools.a.b.ejection.max_time"), "pool.ejection.max_time");
  EXPECT_EQ(path_in(request, "pools.a.b.name"), "pool.name");
  EXPECT_EQ(path_in(request, "pools.a.b.backends.127.0.0.1:81.address"), "pool.backends[1].endpoint");
  EXPECT_EQ(path_in(request, "pools.a.b.backends.127.0.0.1:82.address"), "pool.backends");
  EXPECT_EQ(path_in(request, "pools.a.policy"), "pools.a.policy") << "of another pool";
}

TEST(InRequest, NamesTheValueOfEachPart) {
  pb::AddPoolRequest request;
  request.mutable_pool()->set_name("a");
  Error error = invalid("pools.a.policy", "5", "no; nor");
  error.parts = {invalid("pools.a.policy", "5", "no"), invalid("pools.a.slow_start", "6", "nor")};
  const Error told = in_request(error, request);
  EXPECT_EQ(told.parts.at(0).field, "pool.policy");
  EXPECT_EQ(told.parts.at(1).field, "pool.slow_start");
}

TEST(InRequest, NamesAValueOfABackendByItsPathInTheRequest) {
  pb::AddBackendRequest request;
  request.mutable_backend()->set_endpoint("10.0.0.1:80");
  EXPECT_EQ(path_in(request, "pools.default.backends.10.0.0.1:80.address"), "backend.endpoint");
  EXPECT_EQ(path_in(request, "pools.api.backends.10.0.0.1:80.address"),
            "pools.api.backends.10.0.0.1:80.address");
  request.set_pool("api");
  EXPECT_EQ(path_in(request, "pools.api.backends.10.0.0.1:80.weight"), "backend.weight");
}

TEST(InRequest, NamesAValueOfAListenerByItsPathInTheRequest) {
  pb::UpdateListenerRequest request;
  request.mutable_listener()->set_address(":80");
  EXPECT_EQ(path_in(request, "listeners.0.0.0.0:80.kernel.defer_accept_s"), "listener.kernel.defer_accept");
  const Error error = in_request(invalid("listener.address", "0.0.0.0:80", "cannot listen"), request);
  EXPECT_EQ(error.field, "listener.address");
  EXPECT_EQ(error.message, "cannot listen");
}

TEST(InRequest, NamesASettingByItsPathInTheRequest) {
  EXPECT_EQ(path_in(pb::SetClientLimitsRequest(), "client_timeouts.request"), "timeouts.request");
  EXPECT_EQ(path_in(pb::SetKeepaliveRequest(), "backend_keepalive.idle_timeout"), "backend.idle_timeout");
  EXPECT_EQ(path_in(pb::SetResponseRequest(), "response.body"), "response.body");
  EXPECT_EQ(path_in(pb::SetWorkersRequest(), "workers.start_core"), "start_core");
}

TEST(InRequest, LeavesWhatTheRequestDoesNotSay) {
  for (const char* field : {"", "expected_generation", "config", "listeners", "pools.x.unknown"}) {
    EXPECT_EQ(path_in(pb::SetResponseRequest(), field), field);
  }
}

}  // namespace
}  // namespace demo
