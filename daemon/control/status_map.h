#pragma once

#include <grpcpp/support/status.h>

#include "base/result.h"

namespace demo {

// One gRPC status for each kind of error; message and, in the details, field, value and reason (error.proto).
grpc::Status to_grpc_status(const Error& error);

}  // namespace demo
