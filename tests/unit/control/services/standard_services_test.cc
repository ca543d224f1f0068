// What gRPC's standard services may cost: health checking and reflection are counted as everything else is.
#include <gmock/gmock.h>
#include <grpc/health/v1/health.grpc.pb.h>
#include <grpc/reflection/v1alpha/reflection.grpc.pb.h>

#include <memory>
#include <vector>

#include "unit/control/served_api.h"

namespace demo {
namespace {

namespace health = grpc::health::v1;
namespace reflection = grpc::reflection::v1alpha;
using grpc::StatusCode;
using test::patient;

constexpr std::size_t kMost = 1024;  // streams of one user at one endpoint

class StandardServices : public testing::Test {
 protected:
  // Two connections, since one has no room for more streams than a user may have.
  template <typename Service>
  std::vector<std::unique_ptr<typename Service::Stub>> clients() {
    std::vector<std::unique_ptr<typename Service::Stub>> stubs;
    for (int i = 0; i < 2; ++i) {
      stubs.push_back(Service::NewStub(test::ServedApi::channel("unix:" + api.monitor_path())));
    }
    return stubs;
  }
  grpc::ClientContext& context() {
    contexts_.push_back(patient());
    return *contexts_.back();
  }
  void TearDown() override {
    for (const auto& context : contexts_) context->TryCancel();
  }

  test::ServedApi api;

 private:
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
};

TEST_F(StandardServices, HealthTellsOfEachServiceOfItsEndpoint) {
  const auto stub = health::Health::NewStub(test::ServedApi::channel("unix:" + api.monitor_path()));
  health::HealthCheckRequest request;
  health::HealthCheckResponse response;
  for (const char* served : {"", "demo.control.v1.Monitor"}) {
    request.set_service(served);
    EXPECT_TRUE(stub->Check(&context(), request, &response).ok());
    EXPECT_EQ(response.status(), health::HealthCheckResponse::SERVING);
  }
  request.set_service("demo.control.v1.Control");
  EXPECT_EQ(stub->Check(&context(), request, &response).error_code(), StatusCode::NOT_FOUND);
  const auto stream = stub->Watch(&context(), request);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), health::HealthCheckResponse::SERVICE_UNKNOWN);
}

TEST_F(StandardServices, WatchingHealthTakesAPlaceAndEndsWithTheDaemon) {
  const auto stubs = clients<health::Health>();
  std::vector<std::unique_ptr<grpc::ClientReader<health::HealthCheckResponse>>> streams;
  const auto watch = [&] {
    streams.push_back(stubs[streams.size() % 2]->Watch(&context(), {}));
    health::HealthCheckResponse response;
    return streams.back()->Read(&response);
  };
  for (std::size_t i = 0; i < kMost; ++i) ASSERT_TRUE(watch());
  EXPECT_FALSE(watch());
  EXPECT_EQ(streams.back()->Finish().error_code(), StatusCode::RESOURCE_EXHAUSTED);
  api.server->shutdown();
  health::HealthCheckResponse response;
  EXPECT_FALSE(streams.front()->Read(&response));
  EXPECT_EQ(streams.front()->Finish().error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(StandardServices, EachStreamOfReflectionTakesAPlaceAndNoThread) {
  using Stream =
      grpc::ClientReaderWriter<reflection::ServerReflectionRequest, reflection::ServerReflectionResponse>;
  const auto stubs = clients<reflection::ServerReflection>();
  std::vector<std::unique_ptr<Stream>> streams;
  const auto ask = [&] {
    streams.push_back(stubs[streams.size() % 2]->ServerReflectionInfo(&context()));
    reflection::ServerReflectionRequest request;
    request.set_file_containing_symbol("demo.control.v1.Monitor");
    reflection::ServerReflectionResponse response;
    return streams.back()->Write(request) && streams.back()->Read(&response) &&
           response.file_descriptor_response().file_descriptor_proto_size() > 1;
  };
  for (std::size_t i = 0; i < kMost; ++i) ASSERT_TRUE(ask());
  EXPECT_FALSE(ask());
  EXPECT_EQ(streams.back()->Finish().error_code(), StatusCode::RESOURCE_EXHAUSTED);
  api.server->shutdown();
  EXPECT_EQ(streams.front()->Finish().error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(StandardServices, ReflectionAnswersOneQuestionAfterTheOther) {
  const auto stub =
      reflection::ServerReflection::NewStub(test::ServedApi::channel("unix:" + api.control_path()));
  const auto stream = stub->ServerReflectionInfo(&context());
  reflection::ServerReflectionRequest request;
  reflection::ServerReflectionResponse response;
  const auto ask = [&] { return stream->Write(request) && stream->Read(&response); };

  request.set_list_services("*");
  ASSERT_TRUE(ask());
  std::vector<std::string> names;
  for (const auto& service : response.list_services_response().service()) names.push_back(service.name());
  EXPECT_THAT(names, testing::UnorderedElementsAre("demo.control.v1.Control", "demo.control.v1.Monitor",
                                                   "grpc.health.v1.Health",
                                                   "grpc.reflection.v1alpha.ServerReflection"));

  request.set_file_by_filename("no/such.proto");
  ASSERT_TRUE(ask());
  EXPECT_EQ(response.error_response().error_code(), StatusCode::NOT_FOUND);
  request.set_file_by_filename("demo/control/v1/monitor.proto");
  ASSERT_TRUE(ask());
  EXPECT_GT(response.file_descriptor_response().file_descriptor_proto_size(), 1);
  request.set_all_extension_numbers_of_type("demo.control.v1.GetStatusRequest");
  ASSERT_TRUE(ask());
  EXPECT_EQ(response.all_extension_numbers_response().extension_number_size(), 0);
  request.mutable_file_containing_extension()->set_containing_type("demo.control.v1.GetStatusRequest");
  ASSERT_TRUE(ask());
  EXPECT_EQ(response.error_response().error_code(), StatusCode::NOT_FOUND);
  request.clear_message_request();
  ASSERT_TRUE(ask());
  EXPECT_EQ(response.error_response().error_code(), StatusCode::INVALID_ARGUMENT);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace demo
