#pragma once

#include "control/services/control_call.h"
#include "demo/control/v1/topology.pb.h"

// The calls that may wait until a backend has no request in flight.
namespace demo {

grpc::ServerUnaryReactor* remove_backend_call(const ControlParts& parts, grpc::CallbackServerContext& context,
                                              const control::v1::RemoveBackendRequest& request,
                                              control::v1::RemoveBackendResponse& response);
grpc::ServerUnaryReactor* update_backend_call(const ControlParts& parts, grpc::CallbackServerContext& context,
                                              const control::v1::UpdateBackendRequest& request,
                                              control::v1::UpdateBackendResponse& response);

}  // namespace demo
