#include "cmd/drain_report.h"

#include <fmt/format.h>

#include <ostream>

#include "failure.h"
#include "format/text_width.h"
#include "watch/event_source.h"

namespace demo::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLook{100};

}  // namespace

void await_drain(Invocation& invocation, milliseconds patience, api::DrainProgress& drain) {
  if (drain.ended() || drain.subject().empty()) return;
  const auto end = steady_clock::now() + patience;
  EventSource source(invocation, drain.last_event(), {api::EVENT_KIND_BACKEND_DRAINED});
  api::Event event;
  while (steady_clock::now() < end) {
    const bool told = source.next(event, kLook) == EventSource::Next::kEvent;
    if (!told || event.subject() != drain.subject()) continue;
    drain = event.drain();
    return;
  }
  throw Failure(
      ExitCode::kTimedOut,
      fmt::format("another version of the daemon goes on with the drain of {}, which has not ended in "
                  "time: democtl events tells",
                  printable(drain.subject())));
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
