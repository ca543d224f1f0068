#include "rpc_call/call_failure.h"

#include <fmt/format.h>

#include <string_view>

#include "demo/control/v1/error.pb.h"

namespace demo::ctl {
namespace {

using demo::control::v1::ErrorDetail;
using demo::control::v1::ErrorStatus;

// Numbers of grpc::StatusCode (statuscodes.md of gRPC); kept here so that this file needs no gRPC.
enum Code : int {
  kCancelled = 1,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kUnavailable = 14,
  kUnauthenticated = 16,
};

ExitCode exit_code(int code) {
  switch (code) {
    case kInvalidArgument:
    case kOutOfRange:
      return ExitCode::kUsage;
    case kNotFound:
      return ExitCode::kNotFound;
    case kAlreadyExists:
    case kFailedPrecondition:
    case kAborted:
      return ExitCode::kConflict;
    case kPermissionDenied:
    case kUnauthenticated:
      return ExitCode::kDenied;
    case kDeadlineExceeded:
      return ExitCode::kTimedOut;
    case kUnavailable:
      return ExitCode::kUnreachable;
    default:
      return ExitCode::kFailed;
  }
}

ErrorDetail detail_of(const std::string& bytes) {
  ErrorStatus status;
  ErrorDetail detail;
  if (!status.ParseFromString(bytes)) return detail;
  for (const auto& any : status.details()) {
    if (any.Is<ErrorDetail>() && any.UnpackTo(&detail)) break;
  }
  return detail;
}

// Whether the text names it. The daemon cuts long sentences: there the beginning does.
bool names(const std::string& text, const std::string& what) {
  constexpr std::size_t kEnough = 64;
  const bool cut = text.ends_with("...");
  return text.find(cut ? what.substr(0, kEnough) : what) != std::string::npos;
}

// The server's sentence, with field and value where it does not name them itself. A field that holds the
// value would name it twice.
std::string sentence(const CallStatus& status) {
  const ErrorDetail detail = detail_of(status.details);
  std::string text = status.message.empty() ? detail.reason() : status.message;
  if (!detail.value().empty() && !names(text, detail.value())) {
    text = fmt::format("\"{}\": {}", detail.value(), text);
  }
  const bool repeats = !detail.value().empty() && names(detail.field(), detail.value());
  if (!detail.field().empty() && !names(text, detail.field()) && !repeats) {
    text = fmt::format("{}: {}", detail.field(), text);
  }
  while (text.ends_with('.')) text.pop_back();
  return text;
}

std::string_view doubt_about_change(Access access) {
  return access == Access::kChange ? ": the change may still come into force, which democtl events tells"
                                   : "";
}

}  // namespace

bool is_gone(const CallStatus& status) { return status.ok() || status.code == kUnavailable; }

Failure failure_of(const CallStatus& status, const Target& target, Access access) {
  if (status.door == CallStatus::Door::kQueueFull) {
    return {
        ExitCode::kUnreachable,
        fmt::format("the daemon at {} is busy: its queue of new connections is full, and none of ours was "
                    "taken in time (--timeout)",
                    target.text())};
  }
  if (status.door == CallStatus::Door::kClosed) {
    return {
        ExitCode::kUnreachable,
        fmt::format("the daemon at {} closed the connection without an answer: it ends, or it has as many "
                    "connections of this user as it takes{}",
                    target.text(), doubt_about_change(access))};
  }
  // Without details it is the transport that speaks, not the daemon.
  if (status.code == kUnavailable && status.details.empty()) {
    const std::string advice = target.is_unix() ? "is demo-server running? systemctl status demo-server tells"
                                                : "check the address, and the certificates when TLS is used";
    return {ExitCode::kUnreachable, fmt::format("cannot reach the daemon at {}: {}", target.text(), advice)};
  }
  if (status.code == kDeadlineExceeded && status.details.empty()) {
    return {ExitCode::kTimedOut, fmt::format("the daemon at {} did not answer in time (--timeout){}",
                                             target.text(), doubt_about_change(access))};
  }
  if (status.code == kUnimplemented && status.details.empty()) {
    return {ExitCode::kDenied, fmt::format("{} does not offer this: use the control socket", target.text())};
  }
  return {exit_code(status.code), sentence(status), detail_of(status.details).field()};
}

}  // namespace demo::ctl
