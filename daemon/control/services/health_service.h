#pragma once

#include <memory>
#include <string>
#include <vector>

#include "control/admission/gate.h"
#include "control/calls/loop_call.h"
#include "control/calls/open_streams.h"

namespace grpc {
class Service;
}

namespace demo {

// grpc.health.v1.Health on one endpoint, for whoever may connect: gRPC's own counts nobody's streams. Runs on
// gRPC's threads in the supervisor.
class HealthService {
 public:
  // services: full names of those that are served. The others outlive the gRPC server.
  static std::unique_ptr<HealthService> make(std::vector<std::string> services, Gate& gate, OpenCalls& calls,
                                             OpenStreams& streams);
  virtual ~HealthService() = default;

  // NOT_SERVING is the answer from now on. On any thread.
  virtual void stop() = 0;
  // What the gRPC server registers.
  virtual grpc::Service& service() = 0;
};

}  // namespace demo
