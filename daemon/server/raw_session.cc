#include "server/raw_session.h"

#include <algorithm>
#include <span>

#include "base/limits.h"
#include "net/client_abort.h"
#include "net/connection_trace.h"
#include "net/socket_ops.h"
#include "stats/response_count.h"

namespace demo {

void RawSession::start(std::string_view received) {
  arm(idle_time());
  environment_.allowance.begin();
  // Nobody knows what stands behind it in the socket.
  unread_ = !received.empty();
  if (!received.empty() && !answer()) return;
  if (output_.empty() && !drive(false)) return;
  watch_or_close();
}

void RawSession::on_ready(std::uint32_t events) {
  // Called without events for what was put off; an event of the same turn comes first and does it as well.
  const bool goes_on = events == 0 || called_again();
  withdraw();
  environment_.allowance.begin();
  const bool ended = (events & kEndEvents) != 0;
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
    if (environment_.allowance.spent()) {
      environment_.loop.again(*this);
      return true;
    }
    const std::span<char> space = environment_.buffers.scratch();
    const IoResult got = receive(fd_.get(), space);
    if (got.outcome == IoOutcome::kAgain) return true;
    if (got.outcome != IoOutcome::kDone) {
      lost_receiving(got.outcome, AbortPlace::kIdle);
      return false;
    }
    count_received(got.bytes);
    // Less than there was room for: nothing is left in the socket, and epoll tells of what comes next.
    unread_ = got.bytes == space.size();
    readable = unread_ || peer_may_have_ended;
    if (!answer()) return false;
    if (!output_.empty()) return true;
  }
  return true;
}

bool RawSession::answer() {
  Answers& answers = environment_.answers;
  answers.refresh_date(environment_.loop.now_ns());
  closing_ = !may_persist();
  const CannedResponse& canned = answers.canned();
  const std::string_view bytes = canned.bytes(closing_ ? Persistence::kClose : Persistence::kKeep, false);
  const bool more = !canned.body_inline() || (closing_ && !unread_);
  const IoResult sent = send_bytes(fd_.get(), bytes, more ? More::kYes : More::kNo);
  count_request();
  if (tracing()) [[unlikely]] {
    trace(fd_.get(), "answered {}{}", canned.status(), closing_ ? ", the last answer" : "");
  }
  count_response(environment_.stats, canned.status());
  record_service_time(1);
  if (is_broken(sent.outcome)) {
    lost_sending(sent.outcome, AbortPlace::kWaiting);
    return false;
  }
  count_sent(sent.bytes);
  environment_.allowance.charge_sent(sent.bytes);
  output_.hold(environment_.buffers, bytes.substr(sent.bytes));
  if (!canned.body_inline()) {
    if (BodyFile* file = answers.body_file(ResponsePlan())) {
      output_.start(*file, canned.body_size(), false);
    } else {
      // The length is promised and no memory there to keep it: a message that is cut off ends its connection.
      closing_ = true;
    }
  }
  if (!output_.empty()) {
    arm(environment_.policy.timeouts.write);
    return continue_sending();
  }
  return end_or_wait();
}

bool RawSession::continue_sending() {
  switch (send_rest()) {
    case Sending::kGone:
      return false;
    case Sending::kWaits:
      return true;
    case Sending::kDone:
      break;
  }
  if (!closing_ && !is_here()) {
    hand_over(Buffer());
    return false;
  }
  return end_or_wait();
}

// Everything is sent.
bool RawSession::end_or_wait() {
  if (closing_) {
    end_after_last_answer();
    return false;
  }
  arm(environment_.policy.keepalive.idle_timeout);
  return true;
}

void RawSession::on_timeout() {
  if (tracing()) [[unlikely]] {
    trace_line(fd_.get(),
               output_.empty() ? "idle for too long" : "takes nothing of its response for too long");
  }
  if (!output_.empty()) environment_.stats.timeouts.add();
  close_now();
}

void RawSession::close_when_idle() {
  const bool moves = !is_here() && !listener_.removed;
  // It came a moment ago, from where the listener was served before.
  if (!moves && may_persist()) return;
  if (!output_.empty()) {
    // What its head said, "Connection: close", holds wherever the listener goes.
    closing_ = closing_ || !moves;
    return;
  }
  if (moves) return hand_over(Buffer());
  arm(std::min(limits::kIdleGrace, environment_.loop.timers().remaining(*this)));
}

}  // namespace demo
