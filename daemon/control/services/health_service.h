#pragma once

#include <grpc/health/v1/health.grpc.pb.h>

#include <atomic>
#include <string>
#include <vector>

#include "control/admission/gate.h"
#include "control/calls/loop_call.h"
#include "control/calls/message_stream.h"

namespace demo {

// grpc.health.v1.Health on one endpoint, for whoever may connect: gRPC's own counts nobody's streams. Runs on
// gRPC's threads in the supervisor.
class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  // services: full names of those that are served. The others outlive the gRPC server.
  HealthService(std::vector<std::string> services, Gate& gate, OpenCalls& calls, OpenStreams& streams)
      : services_(std::move(services)), gate_(gate), calls_(calls), streams_(streams) {}

  // NOT_SERVING is the answer from now on.
  void stop() { serving_ = false; }

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  // One message; the end of the stream is the end of the service.
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context, const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  // "": all of them together.
  bool knows(const std::string& service) const;
  grpc::health::v1::HealthCheckResponse::ServingStatus status() const;

  const std::vector<std::string> services_;
  Gate& gate_;
  OpenCalls& calls_;
  OpenStreams& streams_;
  std::atomic<bool> serving_ = true;
};

}  // namespace demo
