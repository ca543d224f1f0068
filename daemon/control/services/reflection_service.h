#pragma once

#include <memory>
#include <string>
#include <vector>

#include "control/admission/gate.h"
#include "control/calls/open_streams.h"

namespace grpc {
class Service;
}

namespace demo {

// grpc.reflection.v1alpha.ServerReflection on one endpoint, for whoever may connect: gRPC's own holds a
// thread a stream. Runs on gRPC's threads in the supervisor. services: full names of those that are served.
// The others outlive the gRPC server.
std::unique_ptr<grpc::Service> make_reflection_service(std::vector<std::string> services, Gate& gate,
                                                       OpenStreams& streams);

}  // namespace demo
