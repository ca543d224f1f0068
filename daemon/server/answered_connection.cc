#include "server/answered_connection.h"

#include <utility>

#include "net/connection_trace.h"
#include "net/socket_ops.h"

namespace demo {

void AnsweredConnection::watch_or_close() {
  constexpr std::uint32_t kEvents = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  registered_ = environment_.loop.add(fd_.get(), kEvents, *this).has_value();
  if (!registered_) close_now();
}

void AnsweredConnection::lost_receiving(IoOutcome outcome, AbortPlace place) {
  if (tracing()) [[unlikely]]
    trace_leaving(fd_.get(), outcome);
  count_failed_receive(environment_.stats, outcome, place);
  close_now();
}

void AnsweredConnection::lost_sending(IoOutcome outcome, AbortPlace place) {
  if (tracing()) [[unlikely]]
    trace_leaving(fd_.get(), outcome);
  count_failed_send(environment_.stats, outcome, place);
  close_now();
}

AnsweredConnection::Sending AnsweredConnection::send_rest() {
  const IoResult sent = output_.send(fd_.get(), environment_.buffers, environment_.allowance);
  count_sent(sent.bytes);
  switch (sent.outcome) {
    case IoOutcome::kAgain:
      if (sent.bytes > 0) arm(environment_.policy.timeouts.write);
      return Sending::kWaits;
    case IoOutcome::kEnd:
    case IoOutcome::kLost:
    case IoOutcome::kFailed:
      lost_sending(sent.outcome, AbortPlace::kReceiving);
      return Sending::kGone;
    case IoOutcome::kDone:
      if (output_.empty()) break;
      arm(environment_.policy.timeouts.write);
      environment_.loop.again(*this);
      return Sending::kWaits;
  }
  output_.finish(environment_.answers);
  return Sending::kDone;
}

void AnsweredConnection::end_after_last_answer() {
  if (!unread_) return close_now();
  SessionEnvironment& environment = environment_;
  ListenerHandle& listener = listener_;
  if (tracing()) [[unlikely]]
    trace_ended(fd_.get(), "ended after its last answer");
  UniqueFd fd = std::move(fd_);
  const bool registered = registered_;
  environment.owner.retire(*this);
  environment.lingering.take(std::move(fd), listener, registered);
}

void AnsweredConnection::hand_over(Buffer received) {
  ListenerHandle& listener = listener_;
  if (registered_) environment_.loop.remove(fd_.get());
  UniqueFd fd = std::move(fd_);
  const Address* const told = environment_.owner.told_peer(*this);
  const Address peer = told != nullptr ? *told : Address();
  const std::uint32_t served = requests_;
  environment_.owner.retire(*this);
  listener.taker->take(std::move(fd), listener, told != nullptr ? &peer : nullptr, received.bytes(), served);
}

void AnsweredConnection::close_now() {
  if (tracing()) [[unlikely]] {
    trace_ended(fd_.get(), output_.empty() ? "ended" : "ended in the middle of a response");
  }
  ListenerHandle& listener = listener_;
  if (!output_.empty()) reset_when_closed(fd_.get());
  output_.finish(environment_.answers);
  environment_.owner.retire(*this);
  listener.connection_closed();
}

}  // namespace demo
