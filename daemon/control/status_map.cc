#include "control/status_map.h"

#include <cstdlib>
#include <string>

#include "base/printable.h"
#include "base/utf8.h"
#include "demo/control/v1/error.pb.h"

namespace demo {
namespace {

// What the details may take: a client refuses a call whose headers and trailers exceed 8 KiB.
constexpr std::size_t kDetailTextBytes = 512;

grpc::StatusCode status_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kAlreadyExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    case ErrorCode::kFailedPrecondition:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorCode::kAborted:
      return grpc::StatusCode::ABORTED;
    case ErrorCode::kPermissionDenied:
      return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorCode::kResourceExhausted:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case ErrorCode::kDeadlineExceeded:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case ErrorCode::kInternal:
      return grpc::StatusCode::INTERNAL;
  }
  std::abort();
}

std::string shortened(const std::string& text) {
  const std::size_t end = whole_characters(text, kDetailTextBytes);
  return end == text.size() ? text : text.substr(0, end) + "...";
}

}  // namespace

grpc::Status to_grpc_status(const Error& error) {
  const grpc::StatusCode code = status_code(error.code);
  control::v1::ErrorStatus status;
  status.set_code(code);
  status.set_message(shortened(printable(error.message)));
  control::v1::ErrorDetail detail;
  detail.set_field(shortened(printable(error.field)));
  detail.set_value(shortened(printable(error.value)));
  detail.set_reason(status.message());
  status.add_details()->PackFrom(detail);
  if (error.code == ErrorCode::kInvalidArgument && !error.field.empty()) {
    control::v1::FieldViolations violations;
    auto& violation = *violations.add_violations();
    violation.set_field(detail.field());
    violation.set_description(detail.reason());
    auto& standard = *status.add_details();
    standard.set_type_url("type.googleapis.com/google.rpc.BadRequest");
    standard.set_value(violations.SerializeAsString());
  }
  return {code, status.message(), status.SerializeAsString()};
}

}  // namespace demo
