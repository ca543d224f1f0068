#pragma once

#include "control/services/control_call.h"
#include "demo/control/v1/control.pb.h"

// The calls that take a whole desired state, or the configuration file.
namespace demo {

grpc::ServerUnaryReactor* apply_config_call(const ControlParts& parts, grpc::CallbackServerContext& context,
                                            const control::v1::ApplyConfigRequest& request,
                                            control::v1::ApplyConfigResponse& response);
grpc::ServerUnaryReactor* reset_config_call(const ControlParts& parts, grpc::CallbackServerContext& context,
                                            const control::v1::ResetConfigRequest& request,
                                            control::v1::ResetConfigResponse& response);
grpc::ServerUnaryReactor* apply_file_call(const ControlParts& parts, grpc::CallbackServerContext& context,
                                          const control::v1::ApplyFileRequest& request,
                                          control::v1::ApplyFileResponse& response);

}  // namespace demo
