#include <chrono>
#include <string_view>
#include <utility>

#include "net/connection_trace.h"
#include "net/socket_ops.h"
#include "server/batched_answer.h"
#include "server/http_session.h"
#include "stats/response_count.h"

namespace demo {

// Answers the planned request, into the batch; with a delay or a full socket, later.
HttpSession::Alive HttpSession::answer() {
  answer_due_ = true;
  if (plan_.delay_ms > 0) {
    if (flush() == Alive::kNo) return Alive::kNo;
    if (state_ == State::kSend) return Alive::kYes;
    transition(State::kDelay);
    arm(std::chrono::milliseconds(std::exchange(plan_.delay_ms, 0)));
    return Alive::kYes;
  }
  // The settings may have changed while the body came or the delay ran.
  if (!may_persist()) plan_.persistence = Persistence::kClose;
  partial_head_ = false;
  if (!add_planned()) {
    if (flush() == Alive::kNo) return Alive::kNo;
    // The batch is empty now, and no answer is larger than it.
    if (state_ == State::kSend || !add_planned()) return Alive::kYes;
  }
  answer_due_ = false;
  closing_ = plan_.closes();
  if (tracing()) [[unlikely]] {
    const unsigned status =
        plan_.shaped ? environment_.answers.shape(plan_).status : environment_.answers.canned().status();
    trace(fd_.get(), "answered {}{}", status, closing_ ? ", the last answer" : "");
  }
  count_request();
  if (output_.empty()) return Alive::kYes;
  transition(State::kSend);
  arm(environment_.policy.timeouts.write);
  if (flush() == Alive::kNo) return Alive::kNo;
  return continue_sending();
}

// Puts the answer into the batch; false when it does not fit.
bool HttpSession::add_planned() {
  Answers& answers = environment_.answers;
  answers.refresh_date(environment_.loop.now_ns());
  const BatchedAnswer added = add_answer(http().batch, answers, plan_);
  if (!added.added) return false;
  count_response(environment_.stats, added.status);
  if (!added.body_follows) return true;
  if (BodyFile* file = answers.body_file(plan_)) {
    output_.start(*file, added.body_size, added.chunked);
  } else {
    // Without memory for the body the message is cut off, which the client sees as an error.
    plan_.persistence = Persistence::kClose;
  }
  return true;
}

// Answers with an error and closes. A client that does not read even the responses before it gets none.
HttpSession::Alive HttpSession::reject(Rejection rejection) {
  if (tracing()) [[unlikely]]
    trace(fd_.get(), "answered {}: {}", rejection.status, rejection.reason);
  environment_.stats.protocol_errors.add();
  count_response(environment_.stats, rejection.status);
  const std::string_view text = http().error_response(rejection);
  if (!http().batch.add(text, 1)) {
    if (flush() == Alive::kNo) return Alive::kNo;
    if (state_ != State::kSend) http().batch.add(text, 1);
  }
  closing_ = true;
  unread_ = true;
  return Alive::kYes;
}

// Tells the client to send the body that it waits with, RFC 9110 section 10.1.1.
HttpSession::Alive HttpSession::permit_body() {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  OutputBatch& batch = http().batch;
  if (batch.add(kContinue, 0)) return Alive::kYes;
  if (flush() == Alive::kNo) return Alive::kNo;
  if (state_ == State::kSend) {
    output_.hold(environment_.buffers, kContinue);
  } else {
    batch.add(kContinue, 0);
  }
  return Alive::kYes;
}

// Sends the batch. What the socket does not take is held, and the session waits in kSend.
HttpSession::Alive HttpSession::flush() {
  OutputBatch& batch = http().batch;
  const bool last = closing_ && output_.empty();
  if (batch.empty()) return last && state_ != State::kSend ? finish() : Alive::kYes;
  const std::string_view bytes = batch.bytes();
  const More more = (last && !unread_) || !output_.empty() ? More::kYes : More::kNo;
  const IoResult sent = send_bytes(fd_.get(), bytes, more);
  if (batch.responses() > 0) record_service_time(batch.responses());
  batch.clear();
  return after_send(sent, bytes, last);
}

// bytes: what was to be sent; still valid although its batch was cleared. last: the connection closes after
// it.
HttpSession::Alive HttpSession::after_send(IoResult sent, std::string_view bytes, bool last) {
  if (is_broken(sent.outcome)) {
    lost_sending(sent.outcome, AbortPlace::kWaiting);
    return Alive::kNo;
  }
  count_sent(sent.bytes);
  environment_.allowance.charge_sent(sent.bytes);
  if (sent.bytes == bytes.size()) return last ? finish() : Alive::kYes;
  output_.hold(environment_.buffers, bytes.substr(sent.bytes));
  transition(State::kSend);
  arm(environment_.policy.timeouts.write);
  return Alive::kYes;
}

HttpSession::Alive HttpSession::continue_sending() {
  switch (send_rest()) {
    case Sending::kGone:
      return Alive::kNo;
    case Sending::kWaits:
      return Alive::kYes;
    case Sending::kDone:
      break;
  }
  transition(resume_state_);
  return closing_ ? finish() : Alive::kYes;
}

}  // namespace demo
