#include "server/raw_session.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "net/client_abort.h"
#include "net/connection_trace.h"
#include "net/socket_ops.h"
#include "server/raw_room.h"
#include "stats/response_count.h"

namespace demo {

void RawSession::start(std::string_view received) {
  room_.loop_.timers().arm(*this, first_wait());
  room_.allowance_.begin();
  // Nobody knows what stands behind it in the socket.
  unread_ = !received.empty();
  if (!received.empty() && !answer()) return;
  if (output_.empty() && !drive(false)) return;
  registered_ =
      room_.loop_.add(fd_.get(), EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this).has_value();
  if (!registered_) close_now();
}

void RawSession::on_ready(std::uint32_t events) {
  // Called without events for what was put off; an event of the same turn comes first and does it as well.
  const bool goes_on = events == 0 || called_again();
  withdraw();
  room_.allowance_.begin();
  // Or more stands behind an urgent mark, where each receive stops: tcp(7).
  const bool ended = (events & (EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (output_.empty()) {
    if (ended || goes_on || (events & EPOLLIN) != 0) drive(ended || goes_on);
    return;
  }
  unread_ = unread_ || (events & EPOLLIN) != 0;
  if (!continue_sending() || !output_.empty()) return;
  // What came while the response was being sent has had its event already.
  drive(true);
}

// Reads until nothing is left or the turn's allowance is spent, answering each time.
bool RawSession::drive(bool peer_may_have_ended) {
  for (bool readable = true; readable;) {
    if (room_.allowance_.spent()) {
      room_.loop_.again(*this);
      return true;
    }
    const std::span<char> space = room_.buffers_.scratch();
    const IoResult got = receive(fd_.get(), space);
    if (got.outcome == IoOutcome::kAgain) return true;
    if (got.outcome != IoOutcome::kDone) {
      if (tracing()) [[unlikely]]
        trace_leaving(fd_.get(), got.outcome);
      count_failed_receive(room_.stats_, got.outcome, AbortPlace::kIdle);
      close_now();
      return false;
    }
    room_.allowance_.charge_receive();
    room_.stats_.bytes_in.add(got.bytes);
    listener_.stats.bytes_in.add(got.bytes);
    // Less than there was room for: nothing is left in the socket, and epoll tells of what comes next.
    unread_ = got.bytes == space.size();
    readable = unread_ || peer_may_have_ended;
    if (!answer()) return false;
    if (!output_.empty()) return true;
  }
  return true;
}

std::chrono::milliseconds RawSession::first_wait() const {
  if (requests_ == 0) return room_.timeouts_.head;
  return may_persist() ? room_.keepalive_.idle_timeout : limits::kIdleGrace;
}

bool RawSession::may_persist() const { return room_.keeps_connections() && !listener_.removed; }

bool RawSession::answer() {
  Answers& answers = room_.answers_;
  answers.refresh_date(room_.loop_.now_ns());
  closing_ = !may_persist();
  const CannedResponse& canned = answers.canned();
  const std::string_view bytes = canned.bytes(closing_ ? Persistence::kClose : Persistence::kKeep, false);
  const bool more = !canned.body_inline() || (closing_ && !unread_);
  const IoResult sent = send_bytes(fd_.get(), bytes, more ? More::kYes : More::kNo);
  ++requests_;
  if (tracing()) [[unlikely]] {
    trace(fd_.get(), "answered {}{}", canned.status(), closing_ ? ", the last answer" : "");
  }
  room_.stats_.requests.add();
  listener_.stats.requests.add();
  count_response(room_.stats_, canned.status());
  room_.service_time_.record(monotonic_ns() - room_.loop_.now_ns());
  if (is_broken(sent.outcome)) {
    if (tracing()) [[unlikely]]
      trace_leaving(fd_.get(), sent.outcome);
    count_failed_send(room_.stats_, sent.outcome, AbortPlace::kWaiting);
    close_now();
    return false;
  }
  count_sent(sent.bytes);
  room_.allowance_.charge_sent(sent.bytes);
  output_.hold(room_.buffers_, bytes.substr(sent.bytes));
  if (!canned.body_inline()) {
    if (BodyFile* file = answers.body_file(ResponsePlan())) {
      output_.start(*file, canned.body_size(), false);
    } else {
      // The length is promised and no memory there to keep it: a message that is cut off ends its connection.
      closing_ = true;
    }
  }
  if (!output_.empty()) {
    room_.loop_.timers().arm(*this, room_.timeouts_.write);
    return continue_sending();
  }
  if (closing_) return finish();
  room_.loop_.timers().arm(*this, room_.keepalive_.idle_timeout);
  return true;
}

bool RawSession::continue_sending() {
  const IoResult sent = output_.send(fd_.get(), room_.buffers_, room_.allowance_);
  count_sent(sent.bytes);
  switch (sent.outcome) {
    case IoOutcome::kAgain:
      if (sent.bytes > 0) room_.loop_.timers().arm(*this, room_.timeouts_.write);
      return true;
    case IoOutcome::kEnd:
    case IoOutcome::kLost:
    case IoOutcome::kFailed:
      if (tracing()) [[unlikely]]
        trace_leaving(fd_.get(), sent.outcome);
      count_failed_send(room_.stats_, sent.outcome, AbortPlace::kReceiving);
      close_now();
      return false;
    case IoOutcome::kDone:
      if (output_.empty()) break;
      room_.loop_.timers().arm(*this, room_.timeouts_.write);
      room_.loop_.again(*this);
      return true;
  }
  output_.finish(room_.answers_);
  if (closing_) return finish();
  if (listener_.taker != &room_) {
    hand_over();
    return false;
  }
  room_.loop_.timers().arm(*this, room_.keepalive_.idle_timeout);
  return true;
}

void RawSession::on_timeout() {
  if (tracing()) [[unlikely]] {
    trace_line(fd_.get(),
               output_.empty() ? "idle for too long" : "takes nothing of its response for too long");
  }
  if (!output_.empty()) room_.stats_.timeouts.add();
  close_now();
}

void RawSession::close_when_idle() {
  const bool moves = listener_.taker != &room_ && !listener_.removed;
  // It came a moment ago, from a room that the listener left.
  if (!moves && may_persist()) return;
  if (!output_.empty()) {
    // What its head said, "Connection: close", holds wherever the listener goes.
    closing_ = closing_ || !moves;
    return;
  }
  if (moves) return hand_over();
  TimerWheel& timers = room_.loop_.timers();
  timers.arm(*this, std::min(limits::kIdleGrace, timers.remaining(*this)));
}

// Everything is sent and the connection is to close.
bool RawSession::finish() {
  if (!unread_) {
    close_now();
    return false;
  }
  RawRoom& room = room_;
  ListenerHandle& listener = listener_;
  if (tracing()) [[unlikely]]
    trace_ended(fd_.get(), "ended after its last answer");
  UniqueFd fd = std::move(fd_);
  const bool registered = registered_;
  room.retire(*this);
  room.lingering_.take(std::move(fd), listener, registered);
  return false;
}

// Gives the connection to the room that serves the listener now.
void RawSession::hand_over() {
  ListenerHandle& listener = listener_;
  if (registered_) room_.loop_.remove(fd_.get());
  UniqueFd fd = std::move(fd_);
  const std::unique_ptr<const Address> peer = std::move(peer_);
  const std::uint32_t served = requests_;
  room_.retire(*this);
  listener.taker->take(std::move(fd), listener, peer.get(), {}, served);
}

void RawSession::close_now() {
  if (tracing()) [[unlikely]] {
    trace_ended(fd_.get(), output_.empty() ? "ended" : "ended in the middle of a response");
  }
  ListenerHandle& listener = listener_;
  if (!output_.empty()) reset_when_closed(fd_.get());
  output_.finish(room_.answers_);
  room_.retire(*this);
  listener.connection_closed();
}

void RawSession::count_sent(std::size_t bytes) {
  room_.stats_.bytes_out.add(bytes);
  listener_.stats.bytes_out.add(bytes);
}

}  // namespace demo
