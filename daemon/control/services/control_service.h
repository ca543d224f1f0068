#pragma once

#include <memory>

#include "control/services/control_call.h"

namespace grpc {
class Service;
}

namespace demo {

// demo.control.v1.Control on one endpoint. Runs on gRPC's threads in the supervisor.
std::unique_ptr<grpc::Service> make_control_service(const ControlParts& parts);

}  // namespace demo
