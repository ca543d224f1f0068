#include "net/acceptor.h"

#include <algorithm>
#include <cerrno>

#include "net/accept_throttle.h"
#include "net/connection_taker.h"
#include "net/connection_trace.h"
#include "net/socket_ops.h"

namespace demo {
namespace {

// More than this at once would keep the connections that are already open waiting.
constexpr unsigned kBurstMax = 64;
// At most so many single connections until a second one is looked for.
constexpr unsigned kPatienceMax = 32;
// An upper bound for emptying a queue that peers keep filling.
constexpr unsigned kQueueMax = 65536;

}  // namespace

Acceptor::Acceptor(Loop& loop, AcceptThrottle& throttle, ListenerHandle& listener, std::uint64_t id,
                   UniqueFd socket, bool exclusive)
    : Watch(Watch::call<Acceptor>),
      loop_(loop),
      throttle_(throttle),
      listener_(listener),
      id_(id),
      exclusive_(exclusive),
      socket_(std::move(socket)) {
  throttle_.add(*this);
}

Acceptor::~Acceptor() {
  pause();
  throttle_.remove(*this);
}

Status Acceptor::resume() {
  if (watching_ || throttle_.paused()) return {};
  Status added = loop_.add(socket_.get(), EPOLLIN | (exclusive_ ? std::uint32_t{EPOLLEXCLUSIVE} : 0U), *this);
  watching_ = added.has_value();
  if (!watching_) throttle_.try_again_later();
  return added;
}

void Acceptor::pause() {
  if (!watching_) return;
  loop_.remove(socket_.get());
  watching_ = false;
}

void Acceptor::empty_queue() { accept_up_to(kQueueMax); }

// The burst follows the arrivals: it doubles when the queue outlasts it and falls to what was found when it
// did not. Where connections come one at a time, most looks for a second one would find the queue empty: each
// that did makes the next one wait for more single connections.
void Acceptor::on_ready(std::uint32_t) {
  // Paused by another one earlier in this turn.
  if (!watching_) return;
  const unsigned accepted = accept_up_to(burst_);
  const bool full = accepted == burst_;
  if (full && burst_ == 1 && ++singles_ < patience_) return;
  singles_ = 0;
  if (full) {
    if (burst_ > 1) patience_ = 1;
    burst_ = std::min(burst_ * 2, kBurstMax);
  } else {
    burst_ = std::max(accepted, 1U);
    if (burst_ == 1) patience_ = std::min(patience_ * 2, kPatienceMax);
  }
}

unsigned Acceptor::accept_up_to(unsigned count) {
  const bool want_peer = listener_.taker->wants_peer();
  for (unsigned accepted = 0; accepted < count; ++accepted) {
    if (!throttle_.take()) {
      throttle_.pause_at_limit();
      return accepted;
    }
    Accepted next = accept_connection(socket_.get(), want_peer);
    if (!next.fd) {
      throttle_.unused();
      // Shut down for everybody, by a supervisor that this process is told nothing of: nobody comes any more.
      if (next.error_number == EINVAL) pause();
      if (next.error_number != EAGAIN && next.error_number != EINVAL) {
        throttle_.pause_after_error(next.error_number);
      }
      return accepted;
    }
    listener_.connection_opened();
    if (tracing()) [[unlikely]] {
      trace_accepted(next.fd.get(), listener_.spec.address, to_string(listener_.spec.mode));
    }
    ConnectionTaker& taker = listener_.entrance != nullptr ? *listener_.entrance : *listener_.taker;
    taker.take(std::move(next.fd), listener_, want_peer ? &next.peer : nullptr, {}, 0);
  }
  return count;
}

}  // namespace demo
