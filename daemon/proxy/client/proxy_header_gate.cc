#include "proxy/client/proxy_header_gate.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "net/client_abort.h"
#include "net/connection_trace.h"
#include "net/socket_ops.h"
#include "proxy/client/proxy_protocol.h"

namespace demo {

GateSession::GateSession(ProxyHeaderGate& gate, UniqueFd fd, ListenerHandle& listener)
    : Watch(Watch::call<GateSession>),
      Timer(Timer::call<GateSession>),
      gate_(gate),
      listener_(listener),
      fd_(std::move(fd)) {}

void GateSession::read() {
  for (;;) {
    if (!received_) received_ = gate_.buffers_.borrow();
    const IoResult got = receive(fd_.get(), received_.space());
    if (got.outcome == IoOutcome::kAgain) break;
    if (got.outcome != IoOutcome::kDone) {
      count_failed_receive(gate_.stats_, got.outcome,
                           received_.empty() ? AbortPlace::kIdle : AbortPlace::kHead);
      return close();
    }
    received_.filled(got.bytes);
    const ProxyHeader header = parse_proxy_header(received_.bytes());
    if (header.outcome == ParseOutcome::kComplete) return pass_on(received_.bytes());
    if (header.outcome == ParseOutcome::kRejected || received_.bytes().size() >= kProxyHeaderBytes) {
      gate_.stats_.protocol_errors.add();
      return close();
    }
  }
  if (received_.empty()) received_.reset();
  if (!registered_) {
    registered_ = gate_.loop_.add(fd_.get(), EPOLLIN | EPOLLRDHUP | EPOLLET, *this).has_value();
    if (!registered_) return close();
  }
}

void GateSession::pass_on(std::string_view bytes) {
  const ProxyHeader header = parse_proxy_header(bytes);
  if (tracing()) [[unlikely]] {
    trace(fd_.get(), "its PROXY header names {}",
          header.has_address ? header.source.to_string() : std::string("nobody"));
  }
  ListenerHandle& listener = listener_;
  if (registered_) gate_.loop_.remove(fd_.get());
  UniqueFd client = std::move(fd_);
  const Buffer received = std::move(received_);
  gate_.retire(*this);
  listener.taker->take(std::move(client), listener, header.has_address ? &header.source : nullptr,
                       bytes.substr(header.size), 0);
}

std::chrono::milliseconds GateSession::patience() const {
  const bool leaves = gate_.settings_.client.draining || listener_.removed;
  return leaves ? std::min(limits::kIdleGrace, gate_.settings_.client.timeouts.head)
                : gate_.settings_.client.timeouts.head;
}

void GateSession::close_when_silent() {
  if (received_) return;
  TimerWheel& timers = gate_.loop_.timers();
  timers.arm(*this, std::min(patience(), timers.remaining(*this)));
}

void GateSession::on_timeout() {
  gate_.stats_.timeouts.add();
  close();
}

void GateSession::close() {
  if (tracing()) [[unlikely]]
    trace_ended(fd_.get(), "ended before a whole PROXY header");
  ListenerHandle& listener = listener_;
  gate_.retire(*this);
  listener.connection_closed();
}

ProxyHeaderGate::ProxyHeaderGate(Loop& loop, BufferPool& buffers, WorkerStats& stats,
                                 const ProxySettings& settings)
    : loop_(loop), buffers_(buffers), stats_(stats), settings_(settings), sessions_(loop) {}

ProxyHeaderGate::~ProxyHeaderGate() {
  while (!all_.empty()) all_.front().close();
}

void ProxyHeaderGate::take(UniqueFd client, ListenerHandle& listener, const Address*, std::string_view,
                           std::uint32_t) {
  GateSession& session = sessions_.create(*this, std::move(client), listener);
  all_.push_front(session);
  loop_.timers().arm(session, session.patience());
  session.read();
}

void ProxyHeaderGate::drain() {
  for (GateSession& session : all_) session.close_when_silent();
}

void ProxyHeaderGate::leave(const ListenerHandles& listeners) {
  for (GateSession& session : all_) {
    if (listeners.contains(&session.listener_)) session.close_when_silent();
  }
}

std::uint64_t ProxyHeaderGate::cut() {
  std::uint64_t ended = 0;
  for (; !all_.empty(); ++ended) all_.front().close();
  return ended;
}

}  // namespace demo
