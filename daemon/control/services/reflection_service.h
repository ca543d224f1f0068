#pragma once

#include <grpc/reflection/v1alpha/reflection.grpc.pb.h>

#include <string>
#include <utility>
#include <vector>

#include "control/admission/gate.h"
#include "control/calls/message_stream.h"

namespace demo {

// grpc.reflection.v1alpha.ServerReflection on one endpoint, for whoever may connect: gRPC's own holds a
// thread a stream. Runs on gRPC's threads in the supervisor.
class ReflectionService final : public grpc::reflection::v1alpha::ServerReflection::CallbackService {
 public:
  // services: full names of those that are served. The others outlive the gRPC server.
  ReflectionService(std::vector<std::string> services, Gate& gate, OpenStreams& streams)
      : services_(std::move(services)), gate_(gate), streams_(streams) {}

  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
  grpc::ServerBidiReactor<Request, Response>* ServerReflectionInfo(
      grpc::CallbackServerContext* context) override;

 private:
  const std::vector<std::string> services_;
  Gate& gate_;
  OpenStreams& streams_;
};

}  // namespace demo
