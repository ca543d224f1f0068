#include "server/raw_session.h"

#include "base/clock.h"
#include "net/socket_ops.h"
#include "server/raw_room.h"

namespace demo {

void RawSession::start(std::string_view received) {
  room_.loop_.timers().arm(*this, room_.timeouts_.head);
  if (!received.empty() && !answer(true)) return;
  if (output_.empty() && !drive()) return;
  registered_ = room_.loop_.add(fd_.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this).has_value();
  if (!registered_) close_now();
}

void RawSession::on_ready(std::uint32_t) {
  if (!output_.empty() && (!continue_sending() || !output_.empty())) return;
  drive();
}

bool RawSession::drive() {
  for (;;) {
    const std::span<char> space = room_.buffers_.scratch();
    const IoResult got = receive(fd_.get(), space);
    if (got.outcome == IoOutcome::kAgain) return true;
    if (got.outcome != IoOutcome::kDone) {
      if (got.outcome == IoOutcome::kFailed) room_.stats_.read_errors.add();
      close_now();
      return false;
    }
    room_.stats_.bytes_in.add(got.bytes);
    listener_.stats.bytes_in.add(got.bytes);
    if (!answer(got.bytes < space.size())) return false;
    if (!output_.empty()) return true;
  }
}

bool RawSession::answer(bool drained) {
  Answers& answers = room_.answers_;
  answers.refresh_date(room_.loop_.now_ns());
  closing_ = !room_.keepalive_.enabled || room_.draining_ || listener_.removed;
  const Persistence persistence = closing_ ? Persistence::kClose : Persistence::kKeep;
  const std::string_view bytes = answers.canned().bytes(persistence, false);
  const IoResult sent = send_bytes(fd_.get(), bytes, closing_ && drained ? More::kYes : More::kNo);
  room_.stats_.requests.add();
  room_.stats_.responses_2xx.add();
  listener_.stats.requests.add();
  room_.stats_.bytes_out.add(sent.bytes);
  listener_.stats.bytes_out.add(sent.bytes);
  room_.service_time_.record(monotonic_ns() - room_.loop_.now_ns());
  output_.hold(room_.buffers_, bytes.substr(sent.bytes));
  if (!answers.canned().body_inline()) {
    ResponsePlan plan;
    if (BodyFile* file = answers.body_file(plan)) output_.start(*file, answers.canned().body_size(), false);
  }
  if (sent.outcome == IoOutcome::kFailed) {
    room_.stats_.write_errors.add();
    close_now();
    return false;
  }
  room_.loop_.timers().arm(*this, output_.empty() ? room_.keepalive_.idle_timeout : room_.timeouts_.write);
  if (!output_.empty()) return continue_sending();
  if (!closing_) return true;
  if (drained) {
    close_now();
    return false;
  }
  ListenerHandle& listener = listener_;
  UniqueFd fd = std::move(fd_);
  const bool registered = registered_;
  RawRoom& room = room_;
  room.retire(*this);
  room.lingering_.take(std::move(fd), listener, registered);
  return false;
}

bool RawSession::continue_sending() {
  const IoResult sent = output_.send(fd_.get(), room_.buffers_);
  room_.stats_.bytes_out.add(sent.bytes);
  listener_.stats.bytes_out.add(sent.bytes);
  if (sent.outcome == IoOutcome::kAgain) {
    if (sent.bytes > 0) room_.loop_.timers().arm(*this, room_.timeouts_.write);
    return true;
  }
  output_.finish(room_.answers_);
  if (sent.outcome == IoOutcome::kDone && !closing_) {
    room_.loop_.timers().arm(*this, room_.keepalive_.idle_timeout);
    return true;
  }
  close_now();
  return false;
}

void RawSession::close_now() {
  ListenerHandle& listener = listener_;
  output_.finish(room_.answers_);
  room_.retire(*this);
  listener.connection_closed();
}

}  // namespace demo
