#include "control/calls/status_map.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/error_lines.h"
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

// The same of all mistakes of a call together.
constexpr std::size_t kMistakesTextBytes = 2048;

std::string shortened(const std::string& text) {
  const std::size_t end = whole_characters(text, kDetailTextBytes);
  return end == text.size() ? text : text.substr(0, end) + "...";
}

// As many of the mistakes as fit, and that there are more.
control::v1::FieldViolations violations_of(const std::vector<Error>& mistakes) {
  control::v1::FieldViolations violations;
  std::size_t left = kMistakesTextBytes;
  const auto add = [&](const Error& mistake) {
    const std::string field = shortened(printable(mistake.field));
    const std::string text = shortened(printable(mistake.message));
    const bool fits = field.size() + text.size() <= left;
    if (!fits) return false;
    left -= field.size() + text.size();
    auto& violation = *violations.add_violations();
    violation.set_field(field);
    violation.set_description(text);
    return true;
  };
  std::size_t told = 0;
  while (told < mistakes.size() && add(mistakes[told])) ++told;
  // The last of them may stand for many.
  if (told < mistakes.size()) violations.add_violations()->set_description("and more");
  return violations;
}

}  // namespace

std::vector<Error> mistakes_of(const Error& error) {
  if (!error.parts.empty()) return error.parts;
  std::vector<Error> mistakes;
  for (std::string& line : lines_of(error)) mistakes.push_back({error.code, std::move(line), "", ""});
  mistakes.front().field = error.field;
  mistakes.front().value = error.value;
  return mistakes;
}

grpc::Status to_grpc_status(const Error& error) {
  return to_grpc_status(error.parts.empty() ? std::vector<Error>{error} : error.parts);
}

grpc::Status to_grpc_status(const std::vector<Error>& mistakes) {
  const Error& error = mistakes.front();
  std::string sentences = error.message;
  for (std::size_t i = 1; i < mistakes.size(); ++i) sentences += "; " + mistakes[i].message;
  const grpc::StatusCode code = status_code(error.code);
  control::v1::ErrorStatus status;
  status.set_code(code);
  status.set_message(shortened(printable(sentences)));
  control::v1::ErrorDetail detail;
  detail.set_field(shortened(printable(error.field)));
  detail.set_value(shortened(printable(error.value)));
  detail.set_reason(status.message());
  status.add_details()->PackFrom(detail);
  if (error.code == ErrorCode::kInvalidArgument && (!error.field.empty() || mistakes.size() > 1)) {
    auto& standard = *status.add_details();
    standard.set_type_url("type.googleapis.com/google.rpc.BadRequest");
    standard.set_value(violations_of(mistakes).SerializeAsString());
  }
  return {code, status.message(), status.SerializeAsString()};
}

}  // namespace demo
