#pragma once

#include <grpcpp/support/status.h>

#include <vector>

#include "base/result.h"

namespace demo {

// The mistakes that an error of a configuration file tells, a line each (base/error_lines.h); at least one.
std::vector<Error> mistakes_of(const Error& error);

// One gRPC status for each kind of error; message and, in the details, field, value and reason (error.proto).
grpc::Status to_grpc_status(const Error& error);

// The same of several mistakes, at least one: code and details are those of the first, the message and the
// violations tell as many as fit.
grpc::Status to_grpc_status(const std::vector<Error>& mistakes);

}  // namespace demo
