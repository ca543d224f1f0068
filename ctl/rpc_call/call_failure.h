#pragma once

#include <string>

#include "failure.h"
#include "rpc_call/status_code.h"
#include "rpc_call/target.h"

namespace demo::ctl {

// How a call ended, in gRPC's terms but without its headers. kQueueFull: its queue of new connections had no
// room; kClosed: it took the connection and closed it again.
struct CallStatus {
  int code = 0;  // a StatusCode, or 0
  std::string message;
  std::string details;  // grpc-status-details-bin: an ErrorStatus; empty when the transport failed
  // Of a unix socket, where the code says unavailable: what the daemon did.
  enum class Door { kUnknown, kQueueFull, kClosed } door = Door::kUnknown;
  bool ok() const { return code == 0; }
};

// What a call that was given up for its time ends with.
inline const CallStatus kNoAnswerYet{.code = kDeadlineExceeded, .message = "", .details = ""};

// What the user reads and what the program exits with; access: what the call needed. Precondition:
// !status.ok().
Failure failure_of(const CallStatus& status, const Target& target, Access access = Access::kRead);

// Whether a stream ended because the daemon stops, was stopped or cannot be reached: it may come back.
bool is_gone(const CallStatus& status);

}  // namespace demo::ctl
