#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/byte_buffer.h>

#include "control/services/control_call.h"

namespace demo {

// Serves a method whose request is one change and nothing else (MutationTable::is_one_change()): whatever its
// type, the request has the field options, and the response the field result. Null: the bytes are no such
// request. response: valid until the call is answered.
grpc::ServerUnaryReactor* one_change_call(const ControlParts& parts,
                                          const google::protobuf::MethodDescriptor& method,
                                          grpc::CallbackServerContext& context,
                                          const grpc::ByteBuffer& request, grpc::ByteBuffer& response);

}  // namespace demo
