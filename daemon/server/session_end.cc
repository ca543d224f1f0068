#include <algorithm>
#include <chrono>
#include <utility>

#include "net/connection_trace.h"
#include "server/server_room.h"
#include "server/session.h"

namespace demo {

void Session::on_timeout() {
  switch (state_) {
    case State::kDelay:
      room_.allowance_.begin();
      transition(resume_state_);
      drive(true);
      return;
    case State::kSend:
      if (tracing()) [[unlikely]]
        trace_line(fd_.get(), "takes nothing of its response for too long");
      room_.stats_.timeouts.add();
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
  room_.stats_.timeouts.add();
  const bool body = state_ == State::kBody;
  if (reject({408, body ? "the request body did not come in time"
                        : "the request head did not come in time"}) == Alive::kYes) {
    flush();
  }
}

void Session::close_when_idle() {
  if (state_ != State::kHead || input_ || closing_) return;
  if (listener_.taker != &room_ && !listener_.removed) return hand_over();
  // It came a moment ago, from a room that the listener left.
  if (may_persist()) return;
  TimerWheel& timers = room_.loop_.timers();
  // Soon anyway, or an earlier change has set the end already.
  if (timers.remaining(*this) <= limits::kIdleGrace) return;
  const std::chrono::milliseconds idle = timers.since_armed(*this);
  if (idle < limits::kIdleGrace) return timers.arm(*this, limits::kIdleGrace - idle);
  // A request may have come since the last look: it is still served.
  room_.allowance_.begin();
  if (drive(false) == Alive::kYes && state_ == State::kHead && !input_ && !called_again()) close_now();
}

std::chrono::milliseconds Session::idle_time() const {
  if (requests_ == 0) return room_.timeouts_.head;
  // The connection outlived a response that was sent while the settings changed.
  return may_persist() ? room_.keepalive_.idle_timeout : limits::kIdleGrace;
}

// Everything is sent and the connection is to close.
Session::Alive Session::finish() {
  if (!unread_) {
    close_now();
    return Alive::kNo;
  }
  ServerRoom& room = room_;
  ListenerHandle& listener = listener_;
  if (tracing()) [[unlikely]]
    trace_ended(fd_.get(), "ended after its last answer");
  UniqueFd fd = std::move(fd_);
  const bool registered = registered_;
  room.retire(*this);
  room.lingering_.take(std::move(fd), listener, registered);
  return Alive::kNo;
}

AbortPlace Session::place() const {
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

void Session::client_left() {
  if (tracing()) [[unlikely]]
    trace_leaving(fd_.get(), IoOutcome::kLost);
  count_abort(room_.stats_, place());
  close_now();
}

void Session::close_now() {
  if (tracing()) [[unlikely]] {
    trace_ended(fd_.get(), output_.empty() ? "ended" : "ended in the middle of a response");
  }
  ListenerHandle& listener = listener_;
  if (!output_.empty()) reset_when_closed(fd_.get());
  output_.finish(room_.answers_);
  room_.retire(*this);
  listener.connection_closed();
}

// Gives the connection, at the start of a request, to the room that serves the listener now.
void Session::hand_over() {
  ListenerHandle& listener = listener_;
  if (registered_) room_.loop_.remove(fd_.get());
  UniqueFd fd = std::move(fd_);
  const Buffer input = std::move(input_);
  const bool knows_peer = peer_kept_;
  const Address peer = knows_peer ? room_.peers_.at(this) : Address();
  const std::uint32_t served = requests_;
  room_.retire(*this);
  listener.taker->take(std::move(fd), listener, knows_peer ? &peer : nullptr, input.bytes(), served);
}

}  // namespace demo
