#include "proxy/tcp_session.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/connect_failure.h"
#include "base/counted.h"
#include "net/client_abort.h"
#include "net/connection_trace.h"
#include "proxy/grant_trace.h"
#include "proxy/proxy_protocol.h"
#include "proxy/tcp_room.h"
#include "proxy/traffic_count.h"

namespace demo {

TcpSession::TcpSession(TcpRoom& room, UniqueFd fd, ListenerHandle& listener, const Address* peer)
    : YieldingWatch(Watch::call<TcpSession>),
      Timer(Timer::call<TcpSession>),
      room_(room),
      listener_(listener),
      socket_(std::move(fd), true, true),
      peer_(peer) {}

void TcpSession::start(BackendPool* pool, std::string_view received) {
  Workbench& bench = room_.bench();
  if (pool == nullptr || !socket_.watch(bench.loop, *this)) return end(true);
  pool_ = pool;
  pool->count_request();
  if (pool->hashed() == HashedPart::kClientAddress) hash_ = peer_.hash(socket_.fd());
  if (pool->send_proxy_protocol() != SendProxyProtocol::kOff) {
    std::array<char, kWrittenProxyHeaderBytes> header;
    const std::size_t size = write_proxy_header(header, pool->send_proxy_protocol(),
                                                peer_.address(socket_.fd()), socket_.local_address());
    tunnel_.forward().put_first(bench, {header.data(), size});
  }
  if (!received.empty()) tunnel_.forward().put_first(bench, received);
  seek();
}

void TcpSession::on_ready(std::uint32_t events) {
  socket_.note(events);
  // It has had its share of a turn: the call that it asked for comes after what all others are due.
  if (called_again()) return;
  if (phase_ == Phase::kTunnel) return relay();
  // Nobody is there to relay to any more. A half-close alone is passed on once there is a backend.
  if (!socket_.gone()) return;
  count_abort(room_.bench().stats.worker, AbortPlace::kWaiting);
  end(false);
}

void TcpSession::on_racer_failed(const BackendConnection& failed, bool timed_out) {
  count_again(tried_, failed.member());
  timed_out ? tried_.add_silent(failed.member()) : tried_.add(failed.member());
  others_only_ = others_only_ || failed.failed_here();
}

void TcpSession::on_connection_changed(BackendConnection& connection) {
  if (tracing()) [[unlikely]]
    trace_change(socket_.fd(), *connection_, connection);
  connection_ = &connection;
  if (connection.state() == BackendConnection::State::kConnecting) {
    arm_since(connection.connects_since_ns(), pool_->timeouts().connect);
  }
}

void TcpSession::on_backend_event() {
  switch (connection_->state()) {
    case BackendConnection::State::kConnecting:
    case BackendConnection::State::kIdle:
    case BackendConnection::State::kParting:
      return;
    case BackendConnection::State::kFailed:
      return fail_attempt(AttemptFailure::kConnectRefused, connection_->member(),
                          connection_->error_number());
    case BackendConnection::State::kBusy:
      if (phase_ == Phase::kConnecting) return connected();
      if (!called_again()) relay();
      return;
  }
}

void TcpSession::seek() {
  ++attempts_;
  attempt_ns_ = room_.bench().loop.now_ns();
  transition(Phase::kSeeking);
  tried_.begin_attempt();
  const Grant grant = attempts_ == 1 ? pool_->acquire(*this, wish()) : pool_->acquire_again(*this, wish());
  count_again(tried_, grant);
  take(grant);
}

void TcpSession::take(const Grant& grant) {
  connection_ = grant.connection;
  if (tracing()) [[unlikely]]
    trace_grant(socket_.fd(), *pool_, grant, attempts_);
  switch (grant.outcome) {
    case GrantOutcome::kConnected:
      return connected();
    case GrantOutcome::kConnecting:
      transition(Phase::kConnecting);
      return arm(pool_->timeouts().connect);
    case GrantOutcome::kQueued:
      transition(Phase::kQueued);
      return arm_since(WaitQueue::since_ns_of(*this), pool_->timeouts().queue);
    case GrantOutcome::kConnectFailed:
      return fail_attempt(AttemptFailure::kConnectRefused, *grant.member, grant.error_number);
    case GrantOutcome::kNoResources:
      return seek_elsewhere(*grant.member);
    case GrantOutcome::kQueueFull:
    case GrantOutcome::kNoBackend:
      return end(true);
  }
}

// Ports run out towards one backend at a time: another one may still be reached.
void TcpSession::seek_elsewhere(Member& member) {
  others_only_ = true;
  tried_.add(member);
  attempts_ < kAttemptsPerRequest ? seek() : end(true);
}

void TcpSession::fail_attempt(AttemptFailure failure, Member& member, int error_number) {
  if (connection_ != nullptr && connection_->failed_here()) {
    pool_->report_shortage(member, kNoMeans);
    give_back();
    return seek_elsewhere(member);
  }
  // The kernel's own time for a connect may be the shorter one.
  const bool timed_out = failure == AttemptFailure::kConnectTimeout || error_number == ETIMEDOUT;
  const ConnectTrouble trouble = connect_trouble(timed_out ? ETIMEDOUT : error_number);
  if (tracing()) [[unlikely]]
    trace_line(socket_.fd(), trouble.of_the_backend);
  if (timed_out) {
    member.stats.connect_timeouts.add();
  } else if (connection_ != nullptr) {
    member.stats.connect_errors.add();
  }
  pool_->report_unreachable(member, trouble.of_it, attempt_ns_);
  give_back();
  if (!may_retry({failure, false, false, true, attempts_}) || !pool_->may_connect_again()) return end(true);
  timed_out ? tried_.add_silent(member) : tried_.add(member);
  member.stats.retries.add();
  seek();
}

void TcpSession::connected() {
  if (tracing()) [[unlikely]]
    trace_line(socket_.fd(), "connected, relays");
  connection_->member().stats.requests.add();
  pool_->report_success(connection_->member());
  transition(Phase::kTunnel);
  Tunnel::begin(socket_, connection_->socket);
  arm(pool_->timeouts().tunnel);
  relay();
}

void TcpSession::relay() {
  const Tunnel::Figures before = figures_;
  const Tunnel::Step step = tunnel_.advance(room_.bench(), socket_, connection_->socket, figures_);
  const std::uint64_t forward = figures_.forward - before.forward;
  const std::uint64_t backward = figures_.backward - before.backward;
  TrafficCount traffic{listener_.worker_stats, listener_.stats, &connection_->member().stats};
  if (forward > 0) traffic.relayed_forward(forward);
  if (backward > 0) traffic.relayed_backward(backward);
  switch (step) {
    case Tunnel::Step::kGoesOn:
      room_.bench().loop.again(*this);
      [[fallthrough]];
    case Tunnel::Step::kWaiting:
      if (forward + backward > 0) arm(pool_->timeouts().tunnel);
      return;
    case Tunnel::Step::kFinished:
      return end(false);
    case Tunnel::Step::kBroken:
      if (connection_->failed_here()) {
        pool_->report_shortage(connection_->member(), kGivenUp);
      }
      if (socket_.gone()) {
        count_failed_send(room_.bench().stats.worker, socket_.failure(), AbortPlace::kReceiving);
      }
      return end(true);
  }
}

void TcpSession::arm(std::chrono::milliseconds delay) { room_.bench().loop.timers().arm(*this, delay); }

void TcpSession::on_timeout() {
  if (phase_ == Phase::kConnecting) {
    if (pool_->time_out(*connection_)) return;
    return fail_attempt(AttemptFailure::kConnectTimeout, connection_->member());
  }
  if (phase_ == Phase::kQueued) pool_->give_up_waiting(*this);
  if (tracing() && phase_ != Phase::kConnecting) [[unlikely]]
    trace_line(socket_.fd(), "waited for too long");
  if (phase_ == Phase::kTunnel) connection_->member().stats.tunnel_timeouts.add();
  room_.bench().stats.worker.timeouts.add();
  end(true);
}

void TcpSession::arm_since(std::uint64_t since_ns, std::chrono::milliseconds time) {
  const auto passed = std::chrono::nanoseconds(room_.bench().loop.watched_since(since_ns));
  arm(std::max(std::chrono::ceil<std::chrono::milliseconds>(time - passed), std::chrono::milliseconds(0)));
}

void TcpSession::give_back() {
  if (connection_ == nullptr) return;
  BackendConnection& connection = *std::exchange(connection_, nullptr);
  pool_->release(connection, false);
}

void TcpSession::cut() { end(true); }

// What waits in the queue beside the connection keeps its place there.
void TcpSession::on_backend_cut() {
  if (WaitQueue::member_of(*this) == nullptr || attempts_ >= kAttemptsPerRequest) return end(true);
  give_back();
  seek();
}

void TcpSession::end(bool broken) {
  if (tracing()) [[unlikely]] {
    trace_ended(socket_.fd(),
                fmt::format("{}: {} of the client relayed, {} of the backend", broken ? "cut off" : "ended",
                            counted(figures_.forward, "byte"), figures_.backward));
  }
  if (broken) {
    socket_.reset_when_closed();
    if (connection_ != nullptr) connection_->socket.reset_when_closed();
  }
  if (pool_ != nullptr) pool_->leave_queue(*this);
  give_back();
  tunnel_.end(room_.bench());
  ListenerHandle& listener = listener_;
  room_.retire(*this);
  listener.connection_closed();
}

}  // namespace demo
