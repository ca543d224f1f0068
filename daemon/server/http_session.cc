#include "server/http_session.h"

#include <algorithm>
#include <utility>

#include "net/connection_trace.h"
#include "net/socket_ops.h"

namespace demo {

void HttpSession::start(std::string_view received) {
  arm(environment_.policy.timeouts.head);
  if (!received.empty()) {
    keep(received);
    input_unseen_ = true;
    // Nobody knows what stands behind it in the socket.
    unread_ = true;
  }
  environment_.allowance.begin();
  if (drive(false) == Alive::kNo) return;
  watch_or_close();
}

void HttpSession::on_ready(std::uint32_t events) {
  // Called without events for what was put off; an event of the same turn comes first and does it as well.
  const bool goes_on = events == 0 || called_again();
  if (goes_on) withdraw();
  environment_.allowance.begin();
  const bool ended = (events & kEndEvents) != 0;
  // What comes while a response waits is read after it, or never if that response is the last one.
  if (state_ == State::kDelay || state_ == State::kSend) unread_ = unread_ || (events & EPOLLIN) != 0;
  if (state_ == State::kDelay) {
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) client_left();
    return;
  }
  if (state_ == State::kSend) {
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) return client_left();
    if (continue_sending() == Alive::kNo || state_ == State::kSend) return;
    // What came while the response was being sent has had its event already.
    drive(true);
    return;
  }
  if (ended || goes_on || (events & EPOLLIN) != 0) drive(ended || goes_on);
}

// Others come first. Not before epoll tells of more, but with what is left now.
void HttpSession::go_on_next_turn() {
  arm_for_input();
  environment_.loop.again(*this);
}

// The states that wait for the socket or a delay remember where they came from.
void HttpSession::transition(State next) {
  const bool waits = next == State::kSend || next == State::kDelay;
  if (waits && (state_ == State::kHead || state_ == State::kBody)) resume_state_ = state_;
  state_ = next;
}

// Works on what is there until nothing is left to do without waiting, or this turn.
HttpSession::Alive HttpSession::drive(bool peer_may_have_ended) {
  for (bool readable = true;;) {
    Alive alive = Alive::kYes;
    if (state_ == State::kSend || state_ == State::kDelay) return Alive::kYes;
    if (answer_due_) {
      alive = answer();
      if (alive == Alive::kYes) alive = flush();
    } else if (input_unseen_) {
      alive = take_bytes(input_.bytes(), 0);
    } else if (readable) {
      alive = receive_once(peer_may_have_ended, readable);
    } else {
      arm_for_input();
      return Alive::kYes;
    }
    if (alive == Alive::kNo || (alive == Alive::kIdle && !readable)) return alive;
    if (environment_.allowance.spent() && state_ != State::kSend && state_ != State::kDelay &&
        (answer_due_ || input_unseen_ || readable)) {
      go_on_next_turn();
      return Alive::kYes;
    }
  }
}

HttpSession::Alive HttpSession::receive_once(bool peer_may_have_ended, bool& readable) {
  std::span<char> space = environment_.buffers.scratch();
  const std::size_t already_seen = input_.bytes().size();
  if (input_) {
    input_.compact();
    space = input_.space();
  } else if (body_.remaining_length() < space.size()) {
    // What a session leaves unread must fit one buffer.
    space = space.first(limits::kPooledBufferBytes);
  }
  const IoResult got = receive(fd_.get(), space);
  switch (got.outcome) {
    case IoOutcome::kAgain:
      readable = false;
      return Alive::kYes;
    case IoOutcome::kEnd:
    case IoOutcome::kLost:
    case IoOutcome::kFailed:
      lost_receiving(got.outcome, place());
      return Alive::kNo;
    case IoOutcome::kDone:
      break;
  }
  count_received(got.bytes);
  // Less than there was room for: nothing is left in the socket, and epoll tells of what comes next.
  const bool drained = got.bytes < space.size();
  readable = !drained || peer_may_have_ended;
  unread_ = !drained;
  if (!input_) {
    const std::string_view bytes(space.data(), got.bytes);
    const CachedHead* head = state_ == State::kHead ? http().heads.match(bytes) : nullptr;
    return is_repeat(head, got.bytes) ? answer_repeat(*head) : take_bytes(bytes, 0);
  }
  input_.filled(got.bytes);
  return take_bytes(input_.bytes(), already_seen);
}

// Takes requests from bytes until they are used up, one is incomplete, a response has to be waited for, or
// the turn's allowance is spent; sends what was answered; keeps the rest.
HttpSession::Alive HttpSession::take_bytes(std::string_view bytes, std::size_t already_seen) {
  std::size_t used = 0;
  bool progress = true;
  while (progress && used < bytes.size() && accepts_input() &&
         (used == 0 || !environment_.allowance.spent())) {
    const std::size_t before = used;
    if (state_ == State::kHead) {
      if (!is_here()) break;
      if (take_head(bytes.substr(used), used == 0 ? already_seen : 0, used) == Alive::kNo) return Alive::kNo;
    } else if (take_body(bytes.substr(used), used) == Alive::kNo) {
      return Alive::kNo;
    }
    progress = used > before;
  }
  const std::string_view rest = bytes.substr(used);
  unread_ = unread_ || (closing_ && !rest.empty());
  input_unseen_ = !rest.empty() && !closing_ && progress;
  keep(closing_ ? std::string_view() : rest);
  if (flush() == Alive::kNo) return Alive::kNo;
  if (is_here() || state_ != State::kHead || closing_) return Alive::kYes;
  hand_over(std::move(input_));
  return Alive::kNo;
}

HttpSession::Alive HttpSession::take_head(std::string_view bytes, std::size_t already_seen,
                                          std::size_t& used) {
  if (const CachedHead* head = already_seen == 0 ? http().heads.match(bytes) : nullptr) {
    used += head->size;
    if (tracing()) [[unlikely]]
      trace_request(fd_.get(), bytes, head->host);
    plan_ = {};
    plan_.head_only = head->method == Method::kHead;
    plan_.persistence = persistence_of(head->persistent && may_keep(), head->minor_version);
    return answer();
  }
  switch (http().parser.parse(bytes, already_seen)) {
    case ParseOutcome::kIncomplete:
      return Alive::kYes;
    case ParseOutcome::kRejected:
      return reject(http().parser.rejection());
    case ParseOutcome::kComplete:
      break;
  }
  const RequestHead& head = http().parser.head();
  used += head.size;
  if (tracing()) [[unlikely]]
    trace_request(fd_.get(), bytes, head.host);
  plan_ = plan_response(head, may_keep(), environment_.answers.shaping());
  if (!plan_.shaped) http().heads.remember(bytes.substr(0, head.size), head);
  body_ = BodyReader(head.body, head.content_length);
  if (head.body == BodyKind::kNone || (head.body == BodyKind::kLength && head.content_length == 0))
    return answer();
  transition(State::kBody);
  const std::chrono::nanoseconds whole = environment_.policy.timeouts.request;
  request_deadline_ns_ = environment_.loop.watched_ns() + static_cast<std::uint64_t>(whole.count());
  // A client that sent the body along did not wait for the permission, RFC 9110 section 10.1.1.
  return head.expects_continue && bytes.size() == head.size ? permit_body() : Alive::kYes;
}

HttpSession::Alive HttpSession::take_body(std::string_view bytes, std::size_t& used) {
  const BodyReader::Step step = body_.consume(bytes);
  used += step.consumed;
  switch (step.outcome) {
    case ParseOutcome::kIncomplete:
      return Alive::kYes;
    case ParseOutcome::kRejected:
      return reject(body_.rejection());
    case ParseOutcome::kComplete:
      break;
  }
  transition(State::kHead);
  return answer();
}

// Keeps rest as the whole input; it may lie within the input already.
void HttpSession::keep(std::string_view rest) {
  if (rest.empty()) return input_.reset();
  if (input_) return input_.consume(input_.bytes().size() - rest.size());
  input_ = environment_.buffers.borrow();
  input_.append(rest);
}

void HttpSession::arm_for_input() {
  if (!accepts_input()) return;
  if (state_ == State::kBody) {
    const std::uint64_t now = std::min(environment_.loop.watched_ns(), request_deadline_ns_);
    const std::chrono::milliseconds left((request_deadline_ns_ - now) / 1'000'000);
    arm(std::min(environment_.policy.timeouts.body, left));
  } else if (!input_) {
    arm(idle_time());
  } else if (!partial_head_) {
    arm(environment_.policy.timeouts.head);
  }
  partial_head_ = state_ == State::kHead && input_;
}

}  // namespace demo
