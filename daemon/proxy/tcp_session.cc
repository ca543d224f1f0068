#include "proxy/tcp_session.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/connect_failure.h"
#include "base/counted.h"
#include "net/client_abort.h"
#include "net/connection_trace.h"
#include "proxy/client/proxy_protocol.h"
#include "proxy/pool/grant_trace.h"
#include "proxy/relay/traffic_count.h"
#include "proxy/tcp_proxy.h"

namespace demo {

TcpSession::TcpSession(TcpProxy& proxy, UniqueFd fd, ListenerHandle& listener, const Address* peer)
    : YieldingWatch(Watch::call<TcpSession>),
      Timer(Timer::call<TcpSession>),
      proxy_(proxy),
      listener_(listener),
      search_(proxy.loop(), *this),
      socket_(std::move(fd), true, true),
      peer_(peer) {}

void TcpSession::start(BackendPool* pool, std::string_view received) {
  if (pool == nullptr || !socket_.watch(proxy_.loop(), *this)) return end(true);
  pool->count_request();
  search_.begin(*pool, pool->hashed() == HashedPart::kClientAddress ? peer_.hash(socket_.fd()) : 0, true);
  if (pool->send_proxy_protocol() != SendProxyProtocol::kOff) {
    std::array<char, kWrittenProxyHeaderBytes> header;
    const std::size_t size = write_proxy_header(header, pool->send_proxy_protocol(),
                                                peer_.address(socket_.fd()), socket_.local_address());
    tunnel_.forward().put_first(proxy_.space(), {header.data(), size});
  }
  if (!received.empty()) tunnel_.forward().put_first(proxy_.space(), received);
  seek();
}

void TcpSession::on_ready(std::uint32_t events) {
  socket_.note(events);
  // It has had its share of a turn: the call that it asked for comes after what all others are due.
  if (called_again()) return;
  if (phase_ == Phase::kTunnel) return relay();
  // Nobody is there to relay to any more. A half-close alone is passed on once there is a backend.
  if (!socket_.gone()) return;
  count_abort(proxy_.stats(), AbortPlace::kWaiting);
  end(false);
}

void TcpSession::on_connection_changed(const BackendConnection& before) {
  if (tracing()) [[unlikely]]
    trace_change(socket_.fd(), before, connection());
  if (connection().state() == BackendConnection::State::kConnecting) {
    arm_since(connection().connects_since_ns(), pool().timeouts().connect);
  }
}

void TcpSession::on_backend_event() {
  switch (connection().state()) {
    case BackendConnection::State::kConnecting:
    case BackendConnection::State::kIdle:
    case BackendConnection::State::kParting:
      return;
    case BackendConnection::State::kFailed:
      return fail_attempt(AttemptFailure::kConnectRefused, connection().member(),
                          connection().error_number());
    case BackendConnection::State::kBusy:
      if (phase_ == Phase::kConnecting) return connected();
      if (!called_again()) relay();
      return;
  }
}

void TcpSession::seek() {
  transition(Phase::kSeeking);
  take(search_.seek());
}

void TcpSession::take(const Grant& grant) {
  if (tracing()) [[unlikely]]
    trace_grant(socket_.fd(), pool(), grant, search_.attempts());
  switch (grant.outcome) {
    case GrantOutcome::kConnected:
      return connected();
    case GrantOutcome::kConnecting:
      transition(Phase::kConnecting);
      return arm(pool().timeouts().connect);
    case GrantOutcome::kQueued:
      transition(Phase::kQueued);
      return arm_since(search_.in_line_since_ns(), pool().timeouts().queue);
    case GrantOutcome::kConnectFailed:
      return fail_attempt(AttemptFailure::kConnectRefused, *grant.member, grant.error_number);
    case GrantOutcome::kNoResources:
      return seek_elsewhere(*grant.member);
    case GrantOutcome::kQueueFull:
    case GrantOutcome::kNoBackend:
      return end(true);
  }
}

void TcpSession::seek_elsewhere(Member& member) { search_.fail_here(member) ? seek() : end(true); }

void TcpSession::fail_attempt(AttemptFailure failure, Member& member, int error_number) {
  const BackendConnection* const held = search_.connection();
  if (held != nullptr && held->failed_here()) {
    pool().judge().report_shortage(member, kNoMeans);
    search_.give_back(false);
    return seek_elsewhere(member);
  }
  // The kernel's own time for a connect may be the shorter one.
  if (error_number == ETIMEDOUT) failure = AttemptFailure::kConnectTimeout;
  if (tracing()) [[unlikely]] {
    const bool timed_out = failure == AttemptFailure::kConnectTimeout;
    trace_line(socket_.fd(), connect_trouble(timed_out ? ETIMEDOUT : error_number).of_the_backend);
  }
  const bool again = search_.fail(failure, member, error_number, {});
  search_.give_back(false);
  again ? seek() : end(true);
}

void TcpSession::connected() {
  if (tracing()) [[unlikely]]
    trace_line(socket_.fd(), "connected, relays");
  connection().member().stats.requests.add();
  pool().judge().report_success(connection().member());
  transition(Phase::kTunnel);
  Tunnel::begin(socket_, connection().socket);
  arm(pool().timeouts().tunnel);
  relay();
}

void TcpSession::relay() {
  TrafficCount traffic{listener_.worker_stats, listener_.stats, &connection().member().stats};
  const Tunnel::Step step = tunnel_.advance(proxy_.space(), socket_, connection().socket, traffic);
  switch (step) {
    case Tunnel::Step::kGoesOn:
      proxy_.loop().again(*this);
      [[fallthrough]];
    case Tunnel::Step::kWaiting:
      if (traffic.request_moved || traffic.response_moved) arm(pool().timeouts().tunnel);
      return;
    case Tunnel::Step::kFinished:
      return end(false);
    case Tunnel::Step::kBroken:
      if (connection().failed_here()) {
        pool().judge().report_shortage(connection().member(), kGivenUp);
      }
      if (socket_.gone()) {
        count_failed_send(proxy_.stats(), socket_.failure(), AbortPlace::kReceiving);
      }
      return end(true);
  }
}

void TcpSession::arm(std::chrono::milliseconds delay) { proxy_.loop().timers().arm(*this, delay); }

void TcpSession::on_timeout() {
  if (phase_ == Phase::kConnecting) {
    if (pool().race().time_out(connection())) return;
    return fail_attempt(AttemptFailure::kConnectTimeout, connection().member());
  }
  if (phase_ == Phase::kQueued) search_.give_up_waiting();
  if (tracing() && phase_ != Phase::kConnecting) [[unlikely]]
    trace_line(socket_.fd(), "waited for too long");
  if (phase_ == Phase::kTunnel) connection().member().stats.tunnel_timeouts.add();
  proxy_.stats().timeouts.add();
  end(true);
}

void TcpSession::arm_since(std::uint64_t since_ns, std::chrono::milliseconds time) {
  const auto passed = std::chrono::nanoseconds(proxy_.loop().watched_since(since_ns));
  arm(std::max(std::chrono::ceil<std::chrono::milliseconds>(time - passed), std::chrono::milliseconds(0)));
}

void TcpSession::cut() { end(true); }

// What waits in the queue beside the connection keeps its place there.
void TcpSession::on_backend_cut() { search_.outlives_cut() ? seek() : end(true); }

void TcpSession::end(bool broken) {
  if (tracing()) [[unlikely]] {
    trace_ended(socket_.fd(),
                fmt::format("{}: {} of the client relayed, {} of the backend", broken ? "cut off" : "ended",
                            counted(tunnel_.figures().forward, "byte"), tunnel_.figures().backward));
  }
  if (broken) {
    socket_.reset_when_closed();
    if (search_.connection() != nullptr) connection().socket.reset_when_closed();
  }
  search_.end();
  tunnel_.end(proxy_.space());
  ListenerHandle& listener = listener_;
  proxy_.retire(*this);
  listener.connection_closed();
}

}  // namespace demo
