#include <algorithm>
#include <utility>

#include "http/error_response.h"
#include "http/reason_phrase.h"
#include "http/shape_query.h"
#include "net/connection_trace.h"
#include "net/socket_ops.h"
#include "server/server_room.h"
#include "server/session.h"

namespace demo {

void Session::plan_persistence(bool persistent, unsigned minor_version) {
  const std::uint64_t max = room_.keepalive_.max_requests;
  const bool keep = persistent && may_persist() && (max == 0 || requests_ + 1 < max);
  if (!keep) {
    plan_.persistence = Persistence::kClose;
  } else {
    plan_.persistence = minor_version == 0 ? Persistence::kKeepExplicit : Persistence::kKeep;
  }
}

bool Session::may_persist() const { return room_.keeps_connections() && !listener_.removed; }

void Session::plan_for(const RequestHead& head) {
  plan_ = {};
  plan_.head_only = head.method == Method::kHead;
  plan_persistence(head.persistent, head.minor_version);
  if (!room_.answers_.shaping() || head.target.find('?') == std::string_view::npos) return;
  const ResponseShape shape = parse_shape_query(head.path_query);
  if (!shape.any()) return;
  plan_.shaped = true;
  plan_.sized = shape.size.has_value();
  plan_.body_size = shape.size.value_or(0);
  plan_.chunked = shape.chunked && head.minor_version == 1;
  plan_.status = static_cast<std::uint16_t>(shape.status.value_or(0));
  plan_.delay_ms = shape.delay_ms.value_or(0);
  if (shape.close) plan_.persistence = Persistence::kClose;
}

// Answers the planned request, into the batch; with a delay or a full socket, later.
Session::Alive Session::answer() {
  answer_due_ = true;
  if (plan_.delay_ms > 0) {
    if (flush() == Alive::kNo) return Alive::kNo;
    if (state_ == State::kSend) return Alive::kYes;
    transition(State::kDelay);
    room_.loop_.timers().arm(*this, std::chrono::milliseconds(std::exchange(plan_.delay_ms, 0)));
    return Alive::kYes;
  }
  // The settings may have changed while the body came or the delay ran.
  if (!may_persist()) plan_.persistence = Persistence::kClose;
  partial_head_ = false;
  if (!add_answer()) {
    if (flush() == Alive::kNo) return Alive::kNo;
    // The batch is empty now, and no answer is larger than it.
    if (state_ == State::kSend || !add_answer()) return Alive::kYes;
  }
  answer_due_ = false;
  closing_ = plan_.closes();
  if (tracing()) [[unlikely]] {
    const unsigned status =
        plan_.shaped ? room_.answers_.shape(plan_).status : room_.answers_.canned().status();
    trace(fd_.get(), "answered {}{}", status, closing_ ? ", the last answer" : "");
  }
  count_request();
  if (output_.empty()) return Alive::kYes;
  transition(State::kSend);
  room_.loop_.timers().arm(*this, room_.timeouts_.write);
  if (flush() == Alive::kNo) return Alive::kNo;
  return continue_sending();
}

// Puts the answer, or its head when a large body follows, into the batch; false when it does not fit.
bool Session::add_answer() {
  Answers& answers = room_.answers_;
  OutputBatch& batch = room_.batch_;
  answers.refresh_date(room_.loop_.now_ns());
  const CannedResponse& canned = answers.canned();
  if (!plan_.shaped) {
    if (plan_.persistence == Persistence::kKeep && !plan_.head_only && canned.body_inline()) {
      if (!batch.add_canned(canned)) return false;
    } else if (!batch.add(canned.bytes(plan_.persistence, plan_.head_only), 1)) {
      return false;
    }
    room_.count_response(canned.status());
    if (!canned.body_inline() && !plan_.head_only) start_body(canned.body_size(), false);
    return true;
  }
  const ResponseFacts facts = answers.shape(plan_);
  if (!batch.add(answers.shaped_head(plan_, facts), 1)) return false;
  room_.count_response(facts.status);
  if (plan_.head_only || (facts.body_size == 0 && !facts.chunked)) return true;
  const std::string_view small = facts.chunked ? std::string_view() : answers.small_body(plan_);
  if (small.empty() || !batch.add(small, 0)) start_body(facts.body_size, facts.chunked);
  return true;
}

// A large body follows the head. Without memory for it the message is cut off, which the client sees as an
// error.
void Session::start_body(std::uint64_t size, bool chunked) {
  BodyFile* file = room_.answers_.body_file(plan_);
  if (file != nullptr) return output_.start(*file, size, chunked);
  plan_.persistence = Persistence::kClose;
}

// Answers with an error and closes. A client that does not read even the responses before it gets none.
Session::Alive Session::reject(Rejection rejection) {
  if (tracing()) [[unlikely]]
    trace(fd_.get(), "answered {}: {}", rejection.status, rejection.reason);
  room_.stats_.protocol_errors.add();
  room_.count_response(rejection.status);
  const std::string_view text = room_.error_response(rejection);
  if (!room_.batch_.add(text, 1)) {
    if (flush() == Alive::kNo) return Alive::kNo;
    if (state_ != State::kSend) room_.batch_.add(text, 1);
  }
  closing_ = true;
  unread_ = true;
  return Alive::kYes;
}

// Sends the batch. What the socket does not take is held, and the session waits in kSend.
Session::Alive Session::flush() {
  OutputBatch& batch = room_.batch_;
  const bool last = closing_ && output_.empty();
  if (batch.empty()) return last && state_ != State::kSend ? finish() : Alive::kYes;
  const std::string_view bytes = batch.bytes();
  const More more = (last && !unread_) || !output_.empty() ? More::kYes : More::kNo;
  const IoResult sent = send_bytes(fd_.get(), bytes, more);
  if (batch.responses() > 0) room_.record_service_time(batch.responses());
  batch.clear();
  return after_send(sent, bytes, last);
}

// bytes: what was to be sent; still valid although its batch was cleared. last: the connection closes after
// it.
Session::Alive Session::after_send(IoResult sent, std::string_view bytes, bool last) {
  if (is_broken(sent.outcome)) {
    if (tracing()) [[unlikely]]
      trace_leaving(fd_.get(), sent.outcome);
    count_failed_send(room_.stats_, sent.outcome, AbortPlace::kWaiting);
    close_now();
    return Alive::kNo;
  }
  count_sent(sent.bytes);
  room_.allowance_.charge_sent(sent.bytes);
  if (sent.bytes == bytes.size()) return last ? finish() : Alive::kYes;
  output_.hold(room_.buffers_, bytes.substr(sent.bytes));
  transition(State::kSend);
  room_.loop_.timers().arm(*this, room_.timeouts_.write);
  return Alive::kYes;
}

Session::Alive Session::continue_sending() {
  const IoResult sent = output_.send(fd_.get(), room_.buffers_, room_.allowance_);
  count_sent(sent.bytes);
  switch (sent.outcome) {
    case IoOutcome::kAgain:
      if (sent.bytes > 0) room_.loop_.timers().arm(*this, room_.timeouts_.write);
      return Alive::kYes;
    case IoOutcome::kEnd:
    case IoOutcome::kLost:
    case IoOutcome::kFailed:
      if (tracing()) [[unlikely]]
        trace_leaving(fd_.get(), sent.outcome);
      count_failed_send(room_.stats_, sent.outcome, AbortPlace::kReceiving);
      close_now();
      return Alive::kNo;
    case IoOutcome::kDone:
      if (output_.empty()) break;
      room_.loop_.timers().arm(*this, room_.timeouts_.write);
      room_.loop_.again(*this);
      return Alive::kYes;
  }
  output_.finish(room_.answers_);
  transition(resume_state_);
  return closing_ ? finish() : Alive::kYes;
}

void Session::count_request() {
  ++requests_;
  room_.stats_.requests.add();
  listener_.stats.requests.add();
}

void Session::count_sent(std::size_t bytes) {
  room_.stats_.bytes_out.add(bytes);
  listener_.stats.bytes_out.add(bytes);
}

}  // namespace demo
