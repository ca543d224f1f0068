#include "watch/event_source.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "rpc_call/call_failure.h"

namespace demo::ctl {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

EventSource::EventSource(Invocation& invocation, std::uint64_t after, std::vector<api::EventKind> kinds)
    : kinds_(std::move(kinds)), channel_(invocation.channel_for(api::WatchEventsRequest())), after_(after) {
  api::GetStatusResponse status;
  invocation.call(api::GetStatusRequest(), status);
  note(status);
  start();
}

void EventSource::note(const api::GetStatusResponse& status) {
  daemon_started_s_ = status.started().seconds();
  daemon_pid_ = status.pid();
}

void EventSource::start() {
  api::WatchEventsRequest request;
  request.set_after_sequence(after_);
  request.set_follow(true);
  for (const api::EventKind kind : kinds_) request.add_kinds(kind);
  stream_ = channel_.start(request);
}

bool EventSource::look_for_daemon() {
  api::GetStatusResponse status;
  if (!channel_.call(api::GetStatusRequest(), status, kRetryInterval).ok()) return false;
  if (status.started().seconds() != daemon_started_s_) after_ = 0;
  note(status);
  return true;
}

EventSource::Next EventSource::next(api::Event& event, milliseconds patience) {
  if (stream_ == nullptr) {
    if (steady_clock::now() < retry_at_) {
      std::this_thread::sleep_for(std::min(patience, kRetryInterval));
      return Next::kNothing;
    }
    retry_at_ = steady_clock::now() + kRetryInterval;
    if (!look_for_daemon()) return Next::kNothing;
    start();
    return Next::kFound;
  }
  api::WatchEventsResponse response;
  switch (stream_->next(response, patience)) {
    case Stream::Next::kMessage:
      event.Swap(response.mutable_event());
      after_ = event.sequence();
      return Next::kEvent;
    case Stream::Next::kNothing:
      return Next::kNothing;
    case Stream::Next::kEnded:
      break;
  }
  const CallStatus status = stream_->status();
  stream_ = nullptr;
  retry_at_ = steady_clock::now() + kRetryInterval;
  if (!is_gone(status)) throw failure_of(status, channel_.target());
  return Next::kLost;
}

}  // namespace demo::ctl
