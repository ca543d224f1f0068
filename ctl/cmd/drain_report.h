#pragma once

#include <fmt/format.h>

#include <chrono>
#include <ostream>

#include "demo/control/v1/topology.pb.h"
#include "invocation/api.h"
#include "invocation/invocation.h"

namespace demo::ctl {

// Says how far the drain of a backend has come. kTimedOut when something was cut off or lost, or when a
// waiting call came back with requests still in flight.
inline ExitCode report_drain(Invocation& invocation, const api::DrainProgress& drain, bool waited,
                             ExitCode code) {
  std::string line = fmt::format("drained: all {} in flight finished", drain.at_start());
  if (drain.forced() > 0) {
    line = fmt::format("drained: {} of {} in flight were cut off", drain.forced(), drain.at_start());
    if (drain.lost() > 0) line += fmt::format(", {} were lost with their worker", drain.lost());
  } else if (drain.lost() > 0) {
    line = fmt::format("drained: {} of {} in flight were lost with their worker", drain.lost(),
                       drain.at_start());
  }
  if (drain.remaining() > 0 || !drain.ended()) {
    line = fmt::format("draining: {} of {} still in flight", drain.remaining(), drain.at_start());
  }
  if (!invocation.prints_json()) invocation.console().out << line << '\n';
  const bool late = drain.forced() + drain.lost() > 0 || (waited && drain.remaining() > 0);
  return code == ExitCode::kDone && late ? ExitCode::kTimedOut : code;
}

// How long a call may take that waits for a drain of this length.
inline std::chrono::milliseconds drain_patience(const google::protobuf::Duration& timeout) {
  return std::chrono::seconds(timeout.seconds()) + std::chrono::seconds(1) + Invocation::kPatience;
}

}  // namespace demo::ctl
