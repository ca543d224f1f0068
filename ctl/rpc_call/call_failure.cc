#include "rpc_call/call_failure.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demo/control/v1/error.pb.h"
#include "rpc_call/status_code.h"
#include "rpc_call/transport_failure.h"

namespace demo::ctl {
namespace {

using demo::control::v1::ErrorDetail;
using demo::control::v1::ErrorStatus;
using demo::control::v1::FieldViolations;

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
    case kUnimplemented:
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

// What is wrong where several things are.
FieldViolations mistakes(const std::string& bytes) {
  ErrorStatus status;
  if (!status.ParseFromString(bytes)) return {};
  for (const auto& any : status.details()) {
    FieldViolations violations;
    if (!any.type_url().ends_with("/google.rpc.BadRequest") || !violations.ParseFromString(any.value()))
      continue;
    if (violations.violations_size() > 1) return violations;
  }
  return {};
}

Failure failure_of_all(ExitCode code, const FieldViolations& mistakes) {
  std::vector<std::string> sentences;
  std::vector<std::string> fields;
  for (const auto& mistake : mistakes.violations()) {
    sentences.push_back(mistake.description());
    fields.push_back(mistake.field());
  }
  std::string first = std::move(sentences.front());
  std::string field = std::move(fields.front());
  sentences.erase(sentences.begin());
  fields.erase(fields.begin());
  return {code, std::move(first), std::move(field), std::move(sentences), std::move(fields)};
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

}  // namespace

bool is_gone(const CallStatus& status) {
  return status.ok() || status.code == kUnavailable || is_broken(status);
}

Failure failure_of(const CallStatus& status, const Target& target, Access access) {
  if (status.door == CallStatus::Door::kQueueFull) {
    return {
        ExitCode::kUnreachable,
        fmt::format("the daemon at {} is busy: its queue of new connections is full, and none of ours was "
                    "taken in time (--timeout)",
                    target.text())};
  }
  if (status.door == CallStatus::Door::kClosed) {
    return {ExitCode::kUnreachable,
            fmt::format("the daemon at {} closed the connection without an answer: it ends, has as many "
                        "connections of this user as it takes, or is no demo-server{}",
                        target.text(), doubt_about_change(access))};
  }
  // Without details it is gRPC that speaks, not the daemon.
  if (status.details.empty()) {
    return {is_broken(status) ? ExitCode::kUnreachable : exit_code(status.code),
            transport_sentence(status, target, access)};
  }
  if (const FieldViolations all = mistakes(status.details); all.violations_size() > 0) {
    return failure_of_all(exit_code(status.code), all);
  }
  return {exit_code(status.code), sentence(status), detail_of(status.details).field()};
}

}  // namespace demo::ctl
