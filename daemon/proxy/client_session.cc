#include "proxy/client_session.h"

#include "http/error_response.h"
#include "http/max_forwards.h"
#include "net/client_abort.h"
#include "net/connection_trace.h"
#include "proxy/http_proxy.h"
#include "stats/response_count.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

constexpr Rejection kHeadTooLarge{431, "the request head is too large"};
constexpr Rejection kHeadTimeout{408, "the request head did not arrive in time"};

}  // namespace

ClientSession::ClientSession(HttpProxy& proxy, UniqueFd fd, ListenerHandle& listener, const Address* peer)
    : YieldingWatch(Watch::call<ClientSession>),
      Timer(Timer::call<ClientSession>),
      proxy_(proxy),
      listener_(listener),
      socket_(std::move(fd), true, true),
      peer_(peer) {}

void ClientSession::start(std::string_view received) {
  if (!received.empty()) {
    input_ = proxy_.space().buffers.borrow();
    input_.append(received);
  }
  run();
}

void ClientSession::on_ready(std::uint32_t events) {
  socket_.note(events);
  // It has had its share of a turn: the call that it asked for comes after what all others are due.
  if (called_again()) return;
  if (exchange_ != nullptr) {
    proceed(exchange_->advance());
  } else {
    run();
  }
}

void ClientSession::on_timeout() {
  WorkerStats& stats = proxy_.stats();
  if (exchange_ != nullptr) {
    // Between requests the timer is left running; during an exchange it is about a request that comes in
    // slowly, which is the client's fault only while it is the client that is waited for.
    if (exchange_->request_received()) return;
    if (exchange_->waits_for_request()) return proceed(exchange_->request_timed_out());
    return proxy_.loop().timers().arm(*this, policy().timeouts.request);
  }
  stats.timeouts.add();
  if (tracing()) [[unlikely]]
    trace_line(socket_.fd(), "sent no whole request head in time");
  if (input_.empty()) return close();
  refuse(kHeadTimeout, false);
}

void ClientSession::run() {
  while (exchange_ == nullptr && read_head() == Go::kOn) {
  }
}

ClientSession::Go ClientSession::read_head() {
  if (listener_.taker != &proxy_ && seen_ == 0) {
    hand_over();
    return Go::kStop;
  }
  if (input_.bytes().size() > seen_) return take_head(input_.bytes(), true);
  if (!socket_.readable()) return wait_for_head();
  if (input_) input_.compact();
  const std::span<char> space =
      input_ ? input_.space() : proxy_.space().buffers.scratch().first(limits::kPooledBufferBytes);
  const IoResult got = socket_.receive(space);
  if (got.outcome == IoOutcome::kAgain) return wait_for_head();
  if (got.outcome != IoOutcome::kDone) {
    if (tracing()) [[unlikely]]
      trace_leaving(socket_.fd(), got.outcome);
    count_failed_receive(proxy_.stats(), got.outcome, input_.empty() ? AbortPlace::kIdle : AbortPlace::kHead);
    close();
    return Go::kStop;
  }
  TrafficCount{listener_.worker_stats, listener_.stats}.from_client(got.bytes);
  if (!input_) return take_head({space.data(), got.bytes}, false);
  input_.filled(got.bytes);
  return take_head(input_.bytes(), true);
}

ClientSession::Go ClientSession::wait_for_head() {
  TimerWheel& timers = proxy_.loop().timers();
  // The time of a head runs from its first byte, however often more of it comes.
  if (seen_ > 0) {
    watch();
    return Go::kStop;
  }
  const bool idle = requests_ > 0 && input_.empty();
  milliseconds wait = policy().idle_time(idle ? requests_ : 0, listener_);
  if (must_close() && input_.empty()) {
    wait = timers.remaining(*this);
    // Otherwise soon anyway, or an earlier change has set the end already.
    if (wait == milliseconds(0) || wait > limits::kIdleGrace) {
      // The timer has run since the last response.
      const milliseconds rested = idle ? timers.since_armed(*this) : milliseconds(0);
      if (rested >= limits::kIdleGrace) {
        close();
        return Go::kStop;
      }
      wait = limits::kIdleGrace - rested;
    }
  }
  if (watch()) timers.arm(*this, wait);
  return Go::kStop;
}

ClientSession::Go ClientSession::take_head(std::string_view bytes, bool in_input) {
  switch (proxy_.desk().request_parser.parse(bytes, seen_)) {
    case ParseOutcome::kRejected:
      proxy_.stats().protocol_errors.add();
      refuse(proxy_.desk().request_parser.rejection(), false);
      return Go::kStop;
    case ParseOutcome::kIncomplete:
      if (bytes.size() >= limits::kPooledBufferBytes) {
        proxy_.stats().protocol_errors.add();
        refuse(kHeadTooLarge, false);
        return Go::kStop;
      }
      if (seen_ == 0) proxy_.loop().timers().arm(*this, policy().timeouts.head);
      if (!in_input) {
        input_ = proxy_.space().buffers.borrow();
        input_.append(bytes);
      }
      seen_ = static_cast<std::uint32_t>(bytes.size());
      return Go::kOn;
    case ParseOutcome::kComplete:
      break;
  }
  const RequestHead& head = proxy_.desk().request_parser.head();
  if (tracing()) [[unlikely]]
    trace_request(socket_.fd(), bytes, head.host);
  begin_exchange(head, bytes.substr(head.size), in_input);
  return Go::kStop;
}

// The exchange goes on by itself from here; it may be over, and the session destroyed, on return.
void ClientSession::begin_exchange(const RequestHead& head, std::string_view rest, bool in_input) {
  listener_.stats.requests.add();
  proxy_.stats().requests.add();
  exchange_ = &proxy_.create_exchange({socket_, input_, listener_, peer_}, *this);
  std::size_t taken = 0;
  const ExchangeStep step = exchange_->begin(head, rest, proxy_.pool_of(listener_), taken);
  if (in_input) {
    input_.consume(head.size + taken);
    if (input_.empty()) input_.reset();
  } else if (taken < rest.size()) {
    input_ = proxy_.space().buffers.borrow();
    input_.append(rest.substr(taken));
  }
  seen_ = 0;
  if (!exchange_->request_received()) proxy_.loop().timers().arm(*this, policy().timeouts.request);
  proceed(step == ExchangeStep::kWaiting ? exchange_->advance() : step);
}

void ClientSession::proceed(ExchangeStep step) {
  switch (step) {
    case ExchangeStep::kWaiting:
      if (exchange_->waits_for_client()) watch();
      return;
    case ExchangeStep::kFinished:
      if (finish_exchange() == Go::kOn) run();
      return;
    case ExchangeStep::kRefused: {
      const Rejection refusal = exchange_->refusal();
      return refuse(refusal, exchange_->head_only());
    }
    case ExchangeStep::kBroken:
      return reset();
    case ExchangeStep::kClientGone:
      if (tracing()) [[unlikely]]
        trace_leaving(socket_.fd(), socket_.failure());
      count_failed_send(proxy_.stats(), socket_.failure(), exchange_->client_place());
      return close();
  }
}

ClientSession::Go ClientSession::finish_exchange() {
  ++requests_;
  const bool keep = exchange_->keeps_client();
  if (tracing()) [[unlikely]] {
    trace(socket_.fd(), "answered {}{}", exchange_->status(), keep ? "" : ", the last answer");
  }
  if (!keep) {
    close_after_response();
    return Go::kStop;
  }
  end_exchange();
  // It was promised to persist and is to close since: its rest begins now, not before the request.
  if (must_close()) proxy_.loop().timers().arm(*this, policy().keepalive.idle_timeout);
  return Go::kOn;
}

void ClientSession::close_after_response() {
  // Of a head that was refused nobody knows what follows it.
  const bool request_received = exchange_ != nullptr && exchange_->request_received();
  const bool more_may_come = exchange_ == nullptr || exchange_->client_would_stay();
  end_exchange();
  // With every received byte taken, closing sends a FIN and nothing else: no reset that could cost the
  // response.
  if (request_received && input_.empty() && !(more_may_come ? came_unseen() : socket_.readable()))
    return close();
  if (tracing()) [[unlikely]]
    trace_ended(socket_.fd(), "ended after its last answer");
  const bool registered = socket_.registered();
  proxy_.lingering().take(socket_.release(), listener_, registered);
  proxy_.retire(*this);
}

// Of a socket that epoll does not watch nobody tells what came after the last look.
bool ClientSession::came_unseen() const {
  return socket_.readable() || (!socket_.registered() && socket_.look() != IoOutcome::kAgain);
}

void ClientSession::refuse(const Rejection& rejection, bool head_only) {
  // Of a request with a body nothing was taken yet.
  bool keep = is_last_recipient_answer(rejection) && exchange_->request_received() &&
              exchange_->client_would_stay() && may_keep_connection();
  if (tracing()) [[unlikely]] {
    trace(socket_.fd(), "answered {}: {}", rejection.status, rejection.reason);
  }
  count_response(proxy_.stats(), rejection.status);
  const std::string_view response =
      write_error_response(proxy_.desk().assembly(), rejection, proxy_.desk().date(), head_only, keep);
  keep = keep && socket_.writable();
  if (socket_.writable()) {
    const IoResult sent = socket_.send(response, keep ? More::kNo : More::kYes);
    TrafficCount{listener_.worker_stats, listener_.stats}.to_client(sent.bytes);
    keep = keep && sent.bytes == response.size();
  }
  if (!keep) return close_after_response();
  ++requests_;
  end_exchange();
  // Others have their turn before the next request of a pipeline.
  go_on_next_turn();
}

const SessionPolicy& ClientSession::policy() const { return proxy_.settings().client; }

bool ClientSession::must_close() const { return !policy().keeps_connections_of(listener_); }

bool ClientSession::may_keep_connection() const {
  return !must_close() && policy().allows_another(requests_);
}

bool ClientSession::watch() {
  if (socket_.watch(proxy_.loop(), *this)) return true;
  if (exchange_ == nullptr) {
    close();
  } else {
    reset();
  }
  return false;
}

void ClientSession::go_on_next_turn() { proxy_.loop().again(*this); }

void ClientSession::settle() {
  if (exchange_ != nullptr || seen_ > 0) return;
  const bool closing = policy().draining || listener_.removed || (requests_ > 0 && must_close());
  if (!closing) return;
  // A request may have come since the last look: it is still served.
  socket_.note(EPOLLIN);
  run();
}

void ClientSession::cut() {
  if (exchange_ != nullptr) return reset();
  close();
}

void ClientSession::hand_over() {
  ConnectionTaker& taker = *listener_.taker;
  if (socket_.registered()) proxy_.loop().remove(socket_.fd());
  const Address known = peer_.known() ? peer_.address(socket_.fd()) : Address();
  UniqueFd client = socket_.release();
  ListenerHandle& listener = listener_;
  const Buffer received = std::move(input_);
  const bool has_peer = peer_.known();
  const std::uint32_t served = requests_;
  proxy_.retire(*this);
  taker.take(std::move(client), listener, has_peer ? &known : nullptr, received.bytes(), served);
}

void ClientSession::end_exchange() {
  if (exchange_ != nullptr) proxy_.retire(*std::exchange(exchange_, nullptr));
}

// What the client got is not all of it: a reset says so whatever the framing is.
void ClientSession::reset() {
  if (tracing()) [[unlikely]]
    trace_line(socket_.fd(), "cut off");
  socket_.reset_when_closed();
  close();
}

void ClientSession::close() {
  if (tracing()) [[unlikely]]
    trace_ended(socket_.fd(), "ended");
  end_exchange();
  ListenerHandle& listener = listener_;
  proxy_.retire(*this);
  listener.connection_closed();
}

}  // namespace demo
