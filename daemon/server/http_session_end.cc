#include <chrono>
#include <utility>

#include "net/connection_trace.h"
#include "server/http_session.h"

namespace demo {

void HttpSession::on_timeout() {
  switch (state_) {
    case State::kDelay:
      environment_.allowance.begin();
      transition(resume_state_);
      drive(true);
      return;
    case State::kSend:
      if (tracing()) [[unlikely]]
        trace_line(fd_.get(), "takes nothing of its response for too long");
      environment_.stats.timeouts.add();
      return close_now();
    case State::kBody:
    case State::kHead:
      break;
  }
  if (state_ == State::kHead && !input_) {
    if (tracing()) [[unlikely]]
      trace_line(fd_.get(), "idle for too long");
    return close_now();
  }
  environment_.stats.timeouts.add();
  const bool body = state_ == State::kBody;
  if (reject({408, body ? "the request body did not come in time"
                        : "the request head did not come in time"}) == Alive::kYes) {
    flush();
  }
}

void HttpSession::close_when_idle() {
  if (state_ != State::kHead || input_ || closing_) return;
  if (!is_here() && !listener_.removed) return hand_over(std::move(input_));
  // It came a moment ago, from where the listener was served before.
  if (may_persist()) return;
  TimerWheel& timers = environment_.loop.timers();
  // Soon anyway, or an earlier change has set the end already.
  if (timers.remaining(*this) <= limits::kIdleGrace) return;
  const std::chrono::milliseconds idle = timers.since_armed(*this);
  if (idle < limits::kIdleGrace) return timers.arm(*this, limits::kIdleGrace - idle);
  // A request may have come since the last look: it is still served.
  environment_.allowance.begin();
  if (drive(false) == Alive::kYes && state_ == State::kHead && !input_ && !called_again()) close_now();
}

AbortPlace HttpSession::place() const {
  switch (state_) {
    case State::kHead:
      return input_ ? AbortPlace::kHead : AbortPlace::kIdle;
    case State::kBody:
      return AbortPlace::kBody;
    case State::kDelay:
      return AbortPlace::kWaiting;
    case State::kSend:
      break;
  }
  return AbortPlace::kReceiving;
}

void HttpSession::client_left() {
  if (tracing()) [[unlikely]]
    trace_leaving(fd_.get(), IoOutcome::kLost);
  count_abort(environment_.stats, place());
  close_now();
}

}  // namespace demo
