#include <algorithm>
#include <cerrno>

#include "base/clock.h"
#include "base/connect_failure.h"
#include "net/connection_trace.h"
#include "proxy/attempt_count.h"
#include "proxy/client_session.h"
#include "proxy/exchange.h"
#include "proxy/grant_trace.h"
#include "proxy/workbench.h"

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

std::uint64_t to_ns(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

}  // namespace

std::optional<ExchangeStep> Exchange::fail_attempt(AttemptFailure failure, Member& member, int error_number) {
  if (connection_ != nullptr && phase_ == Phase::kConnecting && connection_->failed_here()) {
    pool_->report_shortage(member, kNoMeans);
    give_back(false);
    response_wait_ = {};
    return seek_elsewhere(member);
  }
  // The kernel's own time for a connect was shorter.
  if (error_number == ETIMEDOUT) failure = AttemptFailure::kConnectTimeout;
  refusal_ = refusal_of(failure, error_number);
  if (tracing()) [[unlikely]]
    trace_line(session_.socket().fd(), refusal_.reason);
  const bool reused = connection_ != nullptr && connection_->reused();
  // Nobody else would have more.
  if (failure == AttemptFailure::kClosedEarly && !reused && client_kept_backend_waiting()) {
    return refuse({502, "the backend closed the connection before the request was complete"});
  }
  switch (failure) {
    case AttemptFailure::kConnectRefused:
      if (connection_ != nullptr) member.stats.connect_errors.add();
      pool_->report_unreachable(member, connect_trouble(error_number).of_it, attempt_ns_);
      break;
    case AttemptFailure::kConnectTimeout:
      member.stats.connect_timeouts.add();
      pool_->report_unreachable(member, "connecting timed out", attempt_ns_);
      break;
    case AttemptFailure::kClosedEarly:
      // A pooled connection may end at any time; only a fresh one says something about the backend.
      if (reused) break;
      member.stats.response_errors.add();
      pool_->report_failure(member, "it closed connections without a response", attempt_ns_);
      break;
    case AttemptFailure::kSpokeFirst:
      member.stats.response_errors.add();
      pool_->report_failure(member, "it spoke before it was asked", attempt_ns_);
      break;
    case AttemptFailure::kHeadTimeout:
      break;
  }
  const bool connect_failed =
      failure == AttemptFailure::kConnectRefused || failure == AttemptFailure::kConnectTimeout;
  const AttemptFacts facts{failure, idempotent_, !connect_failed && request_.anything_sent(),
                           request_.replayable(), attempts_};
  give_back(false);
  const bool again =
      may_retry(facts) && (connect_failed ? pool_->may_connect_again() : pool_->may_send_again());
  if (!again) return refuse(refusal_);
  // The backend of a dead pooled connection may be fine: it is not avoided, its other pooled ones are.
  if (failure == AttemptFailure::kConnectTimeout) {
    tried_.add_silent(member);
  } else if (!reused) {
    tried_.add(member);
  }
  fresh_ = fresh_ || reused;
  abandoned_ = false;
  request_wait_ = response_wait_ = {};
  member.stats.retries.add();
  request_.restart();
  attempt_ns_ = bench_.loop.now_ns();
  transition(Phase::kSeeking);
  return std::nullopt;
}

// The whole time counts, not the client's last silence: a client may send a byte now and then until a backend
// that wants all of a request in time ends it.
bool Exchange::client_kept_backend_waiting() const {
  if (request_.received()) return false;
  const bool clients_turn = request_wait_.what == WaitFor::kClientBody || awaits_continue();
  return clients_turn && bench_.loop.now_ns() - attempt_ns_ >= kLeastPatienceNs;
}

// It is not tried again: what this host lacks for one connection it lacks for the others.
ExchangeStep Exchange::fail_here() {
  pool_->report_shortage(connection_->member(), kGivenUp);
  if (phase_ == Phase::kTunnel) {
    connection_->socket.reset_when_closed();
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
  if (pool_ != nullptr) pool_->leave_queue(*this);
  give_back(false);
  transition(Phase::kOver);
  return ExchangeStep::kRefused;
}

void Exchange::give_back(bool reusable) {
  if (connection_ == nullptr) return;
  BackendConnection& connection = *connection_;
  connection_ = nullptr;
  if (request_.complete() && response_.complete() && !response_.switched()) {
    connection.answered(request_.has_body(), asked_to_close_ || !response_.backend_persists());
  }
  if (response_.strayed()) pool_->distrust(connection.member());
  pool_->release(connection, reusable);
}

void Exchange::on_grant(const Grant& grant) {
  transition(Phase::kSeeking);
  count_again(tried_, grant);
  const std::optional<ExchangeStep> step = take(grant);
  session_.proceed(step ? *step : advance());
}

void Exchange::on_racer_failed(const BackendConnection& failed, bool timed_out) {
  count_again(tried_, failed.member());
  timed_out ? tried_.add_silent(failed.member()) : tried_.add(failed.member());
  others_only_ = others_only_ || failed.failed_here();
}

void Exchange::on_connection_changed(BackendConnection& connection) {
  if (tracing()) [[unlikely]]
    trace_change(session_.socket().fd(), *connection_, connection);
  connection_ = &connection;
  if (connection.state() == BackendConnection::State::kConnecting) {
    await_since(connection.connects_since_ns(), WaitFor::kConnect);
  }
}

void Exchange::on_backend_event() {
  // As its session, which asks for both directions to go on.
  if (!session_.called_again()) session_.proceed(advance());
}

void Exchange::on_backend_cut() {
  const bool tunnel = phase_ == Phase::kTunnel;
  if (waits_in_line() && attempts_ < kAttemptsPerRequest) {
    give_back(false);
    attempt_ns_ = bench_.loop.now_ns();
    transition(Phase::kSeeking);
    return session_.proceed(advance());
  }
  session_.proceed(tunnel ? ExchangeStep::kBroken
                          : fail_response({503, "the backend was taken out of service"}));
}

bool Exchange::waits_for_client() const {
  return request_wait_.what == WaitFor::kClientBody || response_wait_.what == WaitFor::kClientRoom ||
         phase_ == Phase::kTunnel || waits_in_line();
}

AbortPlace Exchange::client_place() const {
  if (response_.shown()) return AbortPlace::kReceiving;
  return request_.received() ? AbortPlace::kWaiting : AbortPlace::kBody;
}

ExchangeStep Exchange::request_timed_out() {
  bench_.stats.worker.timeouts.add();
  return fail_response({408, "the request did not arrive completely in time"});
}

std::chrono::milliseconds Exchange::time_for(WaitFor what) const {
  switch (what) {
    case WaitFor::kNothing:
      break;
    case WaitFor::kQueue:
      return pool_->timeouts().queue;
    case WaitFor::kConnect:
      return pool_->timeouts().connect;
    case WaitFor::kClientBody:
      return bench_.client_timeouts.body;
    case WaitFor::kBackendHead:
      return pool_->timeouts().head;
    case WaitFor::kBackendRoom:
    case WaitFor::kBackendBody:
      return pool_->timeouts().body;
    case WaitFor::kClientRoom:
      return bench_.client_timeouts.write;
    case WaitFor::kTunnelByte:
      return pool_->timeouts().tunnel;
  }
  return {};
}

void Exchange::wait(Wait& side, WaitFor what, bool progress) {
  if (what == side.what && !progress) return;
  side.what = what;
  side.until_ns = what == WaitFor::kNothing ? 0 : bench_.loop.watched_ns() + to_ns(time_for(what));
}

void Exchange::await_since(std::uint64_t since_ns, WaitFor what) {
  const std::uint64_t time_ns = to_ns(time_for(what));
  const std::uint64_t left_ns = time_ns - std::min(time_ns, bench_.loop.watched_since(since_ns));
  response_wait_ = {what, bench_.loop.watched_ns() + left_ns};
  arm_timer();
}

void Exchange::arm_timer() {
  const std::uint64_t now_ns = bench_.loop.watched_ns();
  std::uint64_t until_ns = UINT64_MAX;
  for (const Wait* side : {&request_wait_, &response_wait_}) {
    if (side->what != WaitFor::kNothing) until_ns = std::min(until_ns, side->until_ns);
  }
  if (!session_.socket().registered()) until_ns = std::min(until_ns, now_ns + kWatchClientAfterNs);
  if (until_ns == UINT64_MAX) return bench_.loop.timers().disarm(*this);
  const std::chrono::nanoseconds left(until_ns > now_ns ? until_ns - now_ns : 0);
  bench_.loop.timers().arm(*this, std::chrono::ceil<std::chrono::milliseconds>(left));
}

void Exchange::on_timeout() {
  const std::uint64_t now_ns = bench_.loop.watched_ns();
  for (Wait* side : {&request_wait_, &response_wait_}) {
    if (side->what == WaitFor::kNothing || side->until_ns > now_ns) continue;
    const WaitFor what = side->what;
    *side = {};
    return session_.proceed(expire(what));
  }
  if (session_.watch()) arm_timer();
}

ExchangeStep Exchange::expire(WaitFor what) {
  switch (what) {
    case WaitFor::kNothing:
      break;
    case WaitFor::kQueue:
      pool_->give_up_waiting(*this);
      return refuse({503, "waited too long for a free connection to a backend"});
    case WaitFor::kConnect: {
      if (pool_->time_out(*connection_)) return ExchangeStep::kWaiting;
      const auto step = fail_attempt(AttemptFailure::kConnectTimeout, connection_->member());
      return step ? *step : advance();
    }
    case WaitFor::kClientBody:
      bench_.stats.worker.timeouts.add();
      return fail_response({408, "the request body did not arrive in time"});
    case WaitFor::kBackendRoom:
      connection_->member().stats.body_timeouts.add();
      pool_->report_failure(connection_->member(), "it took no more of a request's body in time",
                            attempt_ns_);
      return fail_response({504, "the backend took no more of the request body in time"});
    case WaitFor::kBackendHead:
      // A backend need not answer an expectation (RFC 9110 section 10.1.1), and gets no body meanwhile.
      if (request_.received() || abandoned_) {
        connection_->member().stats.head_timeouts.add();
        pool_->report_failure(connection_->member(), "its response head timed out", attempt_ns_);
      } else {
        bench_.stats.worker.timeouts.add();
      }
      return fail_response(refusal_of(AttemptFailure::kHeadTimeout));
    case WaitFor::kBackendBody:
      connection_->member().stats.body_timeouts.add();
      pool_->report_failure(connection_->member(), "its response body timed out", attempt_ns_);
      return fail_response({504, "the backend's response body timed out"});
    case WaitFor::kTunnelByte:
      connection_->member().stats.tunnel_timeouts.add();
      connection_->socket.reset_when_closed();
      [[fallthrough]];
    case WaitFor::kClientRoom:
      bench_.stats.worker.timeouts.add();
      return ExchangeStep::kBroken;
  }
  return ExchangeStep::kWaiting;
}

}  // namespace demo
