#pragma once

#include <chrono>

#include "demo/control/v1/topology.pb.h"
#include "invocation/api.h"
#include "invocation/invocation.h"

namespace demo::ctl {

// Waits for the end of a drain that a version of the daemon left to the next one as it answered; nothing for
// one that has ended. patience: of the call, less what it took; versions have time of their own where the
// user sets none. Throws a Failure where the drain came to nothing.
void await_drain(Invocation& invocation, std::chrono::milliseconds patience, api::DrainProgress& drain);

// Says how far the drain of a backend has come. kTimedOut when something was cut off or lost, or when a
// waiting call came back with requests still in flight.
ExitCode report_drain(Invocation& invocation, const api::DrainProgress& drain, bool waited, ExitCode code);

// How long a call may take that waits for a drain of this length.
std::chrono::milliseconds drain_patience(const google::protobuf::Duration& timeout);

}  // namespace demo::ctl
