#include <algorithm>
#include <cerrno>

#include "base/connect_failure.h"
#include "net/connection_trace.h"
#include "proxy/exchange/exchange.h"
#include "proxy/pool/grant_trace.h"

// How an exchange fails, tries again, and runs out of time.
namespace demo {
namespace {

// A client that was not registered with epoll because its request came at once is watched after this long, so
// that its leaving is noticed. Most responses are back before.
constexpr std::uint64_t kWatchClientAfterNs = 100'000'000;

// No backend loses its patience with a client sooner: one that ends a connection before has not waited.
constexpr std::uint64_t kLeastPatienceNs = 1'000'000'000;

Rejection refusal_of(AttemptFailure failure, int error_number = 0) {
  switch (failure) {
    case AttemptFailure::kConnectRefused:
      return {502, connect_trouble(error_number).of_the_backend};
    case AttemptFailure::kConnectTimeout:
      return {504, "connecting to the backend timed out"};
    case AttemptFailure::kClosedEarly:
      return {502, "the backend closed the connection without a response"};
    case AttemptFailure::kSpokeFirst:
      return {502, "the backend spoke before it was asked"};
    case AttemptFailure::kHeadTimeout:
      return {504, "the backend's response head timed out"};
  }
  return {502, "the backend failed"};
}

}  // namespace

std::optional<ExchangeStep> Exchange::fail_attempt(AttemptFailure failure, Member& member, int error_number) {
  const BackendConnection* const held = search_.connection();
  if (held != nullptr && phase_ == Phase::kConnecting && held->failed_here()) {
    pool().judge().report_shortage(member, kNoMeans);
    give_back(false);
    waits_.end_of_response();
    return seek_elsewhere(member);
  }
  // The kernel's own time for a connect was shorter.
  if (error_number == ETIMEDOUT) failure = AttemptFailure::kConnectTimeout;
  refusal_ = refusal_of(failure, error_number);
  if (tracing()) [[unlikely]]
    trace_line(client_.socket.fd(), refusal_.reason);
  // Nobody else would have more.
  if (failure == AttemptFailure::kClosedEarly && held != nullptr && !held->reused() &&
      client_kept_backend_waiting()) {
    return refuse({502, "the backend closed the connection before the request was complete"});
  }
  const bool again = search_.fail(failure, member, error_number,
                                  {facts_.idempotent, request_.anything_sent(), request_.replayable()});
  give_back(false);
  if (!again) return refuse(refusal_);
  abandoned_ = false;
  waits_.end_of_request();
  waits_.end_of_response();
  request_.restart();
  transition(Phase::kSeeking);
  return std::nullopt;
}

// The whole time counts, not the client's last silence: a client may send a byte now and then until a backend
// that wants all of a request in time ends it.
bool Exchange::client_kept_backend_waiting() const {
  if (request_.received()) return false;
  const bool clients_turn = waits_for_request() || awaits_continue();
  return clients_turn && loop_.now_ns() - search_.attempt_ns() >= kLeastPatienceNs;
}

// It is not tried again: what this host lacks for one connection it lacks for the others.
ExchangeStep Exchange::fail_here() {
  pool().judge().report_shortage(member(), kGivenUp);
  if (phase_ == Phase::kTunnel) {
    connection().socket.reset_when_closed();
    return ExchangeStep::kBroken;
  }
  return fail_response(
      {503, "the proxy's host failed on the connection to the backend, as for want of memory"});
}

ExchangeStep Exchange::fail_response(const Rejection& rejection) {
  if (!response_.shown()) return refuse(rejection);
  give_back(false);
  transition(Phase::kOver);
  return ExchangeStep::kBroken;
}

ExchangeStep Exchange::refuse(const Rejection& rejection) {
  refusal_ = rejection;
  search_.leave_queue();
  give_back(false);
  transition(Phase::kOver);
  return ExchangeStep::kRefused;
}

void Exchange::give_back(bool reusable) {
  BackendConnection* const held = search_.connection();
  if (held == nullptr) return;
  if (request_.complete() && response_.complete() && !response_.switched()) {
    held->answered(request_.has_body(), asked_to_close_ || !response_.backend_persists());
  }
  if (response_.strayed()) pool().judge().distrust(held->member());
  search_.give_back(reusable);
}

void Exchange::on_grant(const Grant& grant) {
  transition(Phase::kSeeking);
  const std::optional<ExchangeStep> step = take(grant);
  owner_.proceed(step ? *step : advance());
}

void Exchange::on_connection_changed(const BackendConnection& before) {
  if (tracing()) [[unlikely]]
    trace_change(client_.socket.fd(), before, connection());
  if (connection().state() == BackendConnection::State::kConnecting) {
    await_since(connection().connects_since_ns(), WaitFor::kConnect);
  }
}

void Exchange::on_backend_event() {
  // As its owner will, for both directions.
  if (!owner_.goes_on_later()) owner_.proceed(advance());
}

void Exchange::on_backend_cut() {
  const bool tunnel = phase_ == Phase::kTunnel;
  if (search_.outlives_cut()) {
    transition(Phase::kSeeking);
    return owner_.proceed(advance());
  }
  owner_.proceed(tunnel ? ExchangeStep::kBroken
                        : fail_response({503, "the backend was taken out of service"}));
}

bool Exchange::waits_for_client() const {
  return waits_for_request() || waits_.for_response() == WaitFor::kClientRoom || phase_ == Phase::kTunnel ||
         search_.waits_in_line();
}

AbortPlace Exchange::client_place() const {
  if (response_.shown()) return AbortPlace::kReceiving;
  return request_.received() ? AbortPlace::kWaiting : AbortPlace::kBody;
}

ExchangeStep Exchange::request_timed_out() {
  stats_.worker.timeouts.add();
  return fail_response({408, "the request did not arrive completely in time"});
}

void Exchange::await_since(std::uint64_t since_ns, WaitFor what) {
  waits_.wait_for_response_since(what, since_ns);
  arm_timer();
}

void Exchange::arm_timer() {
  const std::uint64_t now_ns = loop_.watched_ns();
  std::uint64_t until_ns = waits_.until_ns();
  if (!client_.socket.registered()) until_ns = std::min(until_ns, now_ns + kWatchClientAfterNs);
  if (until_ns == UINT64_MAX) return loop_.timers().disarm(*this);
  const std::chrono::nanoseconds left(until_ns > now_ns ? until_ns - now_ns : 0);
  loop_.timers().arm(*this, std::chrono::ceil<std::chrono::milliseconds>(left));
}

void Exchange::on_timeout() {
  if (const WaitFor what = waits_.take_expired(); what != WaitFor::kNothing) {
    return owner_.proceed(expire(what));
  }
  if (owner_.watch()) arm_timer();
}

ExchangeStep Exchange::expire(WaitFor what) {
  switch (what) {
    case WaitFor::kNothing:
      break;
    case WaitFor::kQueue:
      search_.give_up_waiting();
      return refuse({503, "waited too long for a free connection to a backend"});
    case WaitFor::kConnect: {
      if (pool().race().time_out(connection())) return ExchangeStep::kWaiting;
      const auto step = fail_attempt(AttemptFailure::kConnectTimeout, member());
      return step ? *step : advance();
    }
    case WaitFor::kClientBody:
      stats_.worker.timeouts.add();
      return fail_response({408, "the request body did not arrive in time"});
    case WaitFor::kBackendRoom:
      search_.blame(&BackendStats::body_timeouts, "it took no more of a request's body in time");
      return fail_response({504, "the backend took no more of the request body in time"});
    case WaitFor::kBackendHead:
      // A backend need not answer an expectation (RFC 9110 section 10.1.1), and gets no body meanwhile.
      if (request_.received() || abandoned_) {
        search_.blame(&BackendStats::head_timeouts, "its response head timed out");
      } else {
        stats_.worker.timeouts.add();
      }
      return fail_response(refusal_of(AttemptFailure::kHeadTimeout));
    case WaitFor::kBackendBody:
      search_.blame(&BackendStats::body_timeouts, "its response body timed out");
      return fail_response({504, "the backend's response body timed out"});
    case WaitFor::kTunnelByte:
      member().stats.tunnel_timeouts.add();
      connection().socket.reset_when_closed();
      [[fallthrough]];
    case WaitFor::kClientRoom:
      stats_.worker.timeouts.add();
      return ExchangeStep::kBroken;
  }
  return ExchangeStep::kWaiting;
}

}  // namespace demo
