#include "served_api.h"

namespace demo::test {

ServedApi::ServedApi() {
  ControlOptions options;
  options.control_path = control_path();
  options.monitor_path = monitor_path();
  options.version = "1.2.3";
  server = ControlServer::open(options, supervisor).value();
  control = control::v1::Control::NewStub(channel("unix:" + control_path()));
  monitor = control::v1::Monitor::NewStub(channel("unix:" + control_path()));
  monitor_only = control::v1::Monitor::NewStub(channel("unix:" + monitor_path()));
}

std::shared_ptr<grpc::Channel> ServedApi::channel(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<grpc::ClientContext> patient() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  return context;
}

control::v1::ErrorDetail detail_of(const grpc::Status& status) {
  control::v1::ErrorStatus details;
  control::v1::ErrorDetail detail;
  if (details.ParseFromString(status.error_details()) && details.details_size() > 0) {
    details.details(0).UnpackTo(&detail);
  }
  return detail;
}

}  // namespace demo::test
