#include "cmd/drain_report.h"

#include <fmt/format.h>

#include <cstdint>
#include <ostream>
#include <thread>

#include "failure.h"
#include "format/text_width.h"
#include "watch/event_source.h"

namespace demo::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLook{100};
// What a new version may need before it serves, and the one before to come back.
constexpr milliseconds kVersionPatience{60'000};

// Where nobody answers, the next version is on its way.
EventSource ends_of_drains(Invocation& invocation, std::uint64_t after, steady_clock::time_point end) {
  for (;;) {
    try {
      return {invocation, after, {api::EVENT_KIND_BACKEND_DRAINED}};
    } catch (const Failure& failure) {
      if (failure.code() != ExitCode::kUnreachable || steady_clock::now() >= end) throw;
    }
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

void await_drain(Invocation& invocation, milliseconds patience, api::DrainProgress& drain) {
  if (drain.ended() || !drain.has_last_event()) return;
  if (!invocation.settings().timeout) patience += kVersionPatience;
  const auto end = steady_clock::now() + patience;
  EventSource source = ends_of_drains(invocation, drain.last_event(), end);
  const std::int64_t pid = source.daemon_pid();
  api::Event event;
  while (steady_clock::now() < end) {
    const EventSource::Next next = source.next(event, kLook);
    // An upgrade keeps the process, and with it the drains.
    if (next == EventSource::Next::kFound && source.daemon_pid() != pid) {
      throw Failure(ExitCode::kUnreachable, "the daemon was started anew, which ended the drain");
    }
    if (next != EventSource::Next::kEvent || event.drain().id() != drain.id()) continue;
    if (event.drain().has_failure()) throw Failure(ExitCode::kFailed, printable(event.message()));
    drain = event.drain();
    return;
  }
  throw Failure(ExitCode::kTimedOut, "the drain goes on and has not ended in time: democtl events tells");
}

ExitCode report_drain(Invocation& invocation, const api::DrainProgress& drain, bool waited, ExitCode code) {
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

milliseconds drain_patience(const google::protobuf::Duration& timeout) {
  return std::chrono::seconds(timeout.seconds()) + std::chrono::seconds(1) + Invocation::kPatience;
}

}  // namespace demo::ctl
