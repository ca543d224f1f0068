#include "proxy/exchange/exchange.h"

#include <array>

#include "balance/hashing.h"
#include "base/clock.h"
#include "http/max_forwards.h"
#include "net/connection_trace.h"
#include "proxy/client/proxy_protocol.h"
#include "proxy/pool/grant_trace.h"
#include "stats/response_count.h"

// Nothing in here waits. Whatever happens - the client or the backend can be read or written, the pool grants
// a connection, a time-out is due - ends in one more advance(), which takes steps until none can be taken. A
// step that returns nothing lets the next one begin; one that returns a step ends the turn with it, and the
// owner acts on that alone. So there is one place where a phase goes on, whatever woke it, and an event that
// was told too often does no harm.
//
// Request and response go their ways at the same time: a backend may answer before it has the whole request,
// and a client may send its body only once the answer has begun. Until a byte of the response has gone to the
// client, the request may go to another backend, if its bytes are still there and nothing can have been done
// or its method lets it be done twice (exchange_failure.cc). From then on a failure can only cut the client
// off, because a head was promised. A backend that takes no more of a request may have answered before, and
// often says why: that answer is passed on.
namespace demo {
namespace {

constexpr Rejection kNoPool{503, "the listener's pool does not exist"};
constexpr Rejection kNoBackend{503, "no backend of the pool is usable"};
constexpr Rejection kLoop{508, "demo-server has forwarded this request before: a backend leads back here"};
constexpr Rejection kQueueFull{503, "every backend is at its connection limit and the queue is full"};
constexpr Rejection kNoResources{503,
                                 "the proxy has no free port or descriptor for a connection to the backend"};

// What the connection to a backend begins with, if anything.
std::string_view proxy_header(std::span<char, kWrittenProxyHeaderBytes> memory, SendProxyProtocol version,
                              const ClientEnd& client) {
  if (version == SendProxyProtocol::kOff) return {};
  const Address peer = client.peer.address(client.socket.fd());
  return {memory.data(), write_proxy_header(memory, version, peer, client.socket.local_address())};
}

// peer: memory for the text of the client's address.
RequestForwarding forwarding_of(const RequestHead& head, const Forwarding& settings, const BackendPool& pool,
                                bool close, const ClientEnd& client, ClientPeer::Text& peer) {
  RequestForwarding forwarding;
  if (settings.x_forwarded || settings.forwarded) {
    forwarding.peer = client.peer.host_text(client.socket.fd(), peer);
  }
  forwarding.default_host = pool.name();
  forwarding.x_forwarded = settings.x_forwarded;
  forwarding.forwarded = settings.forwarded;
  forwarding.via = settings.via;
  forwarding.loop_mark = pool.loop_mark();
  forwarding.close = close;
  forwarding.upgrade = head.upgrade;
  forwarding.drop_expect = head.minor_version == 0;
  return forwarding;
}

std::uint64_t hash_of(const RequestHead& head, HashedPart part, const ClientEnd& client) {
  if (part == HashedPart::kClientAddress) return client.peer.hash(client.socket.fd());
  return part == HashedPart::kTarget ? hash_bytes(head.path_query) : 0;
}

// The response was passed on, or a tunnel has begun, whose life says nothing of the time that a response
// takes.
void count_answer(StatsPage& page, BackendStats& backend, unsigned status, std::uint64_t started_ns) {
  count_response(page.worker, status);
  count_response(backend, status);
  page.response_time.record(monotonic_ns() - started_ns);
}

}  // namespace

Exchange::Exchange(Loop& loop, StatsPage& page, const ProxySettings& settings, RelaySpace& space,
                   HeadDesk& desk, const ClientEnd& client, ExchangeOwner& owner)
    : Timer(Timer::call<Exchange>),
      loop_(loop),
      stats_(page),
      settings_(settings),
      space_(space),
      desk_(desk),
      client_(client),
      owner_(owner),
      search_(loop, *this),
      waits_(loop, settings.client.timeouts) {}

Exchange::~Exchange() {
  search_.leave_queue();
  give_back(false);
  request_.end(space_);
  response_.end(space_);
  tunnel_.end(space_);
}

ExchangeStep Exchange::begin(const RequestHead& head, std::string_view rest, BackendPool* pool,
                             std::size_t& taken) {
  started_ns_ = loop_.now_ns();
  facts_ = RequestFacts(head);
  request_.expect_body(head.body, head.content_length);
  taken = 0;
  if (head.max_forwards == 0U) return refuse(last_recipient_answer(head.method));
  if (pool == nullptr) return refuse(kNoPool);
  if (head.passed_us && pool->was_passed_by(head)) {
    client_.listener.stats.loops.add();
    return refuse(kLoop);
  }
  pool->count_request();
  std::array<char, kWrittenProxyHeaderBytes> memory;
  const std::string_view prefix = proxy_header(memory, pool->send_proxy_protocol(), client_);
  // One that begins with a PROXY header serves this client alone.
  const bool exclusive = pool->send_proxy_protocol() != SendProxyProtocol::kOff;
  asked_to_close_ = exclusive || !settings_.backend_keepalive.enabled;
  ClientPeer::Text peer;
  const RequestForwarding forwarding =
      forwarding_of(head, settings_.forwarding, *pool, asked_to_close_, client_, peer);
  taken = request_.begin(space_, desk_, prefix, head, forwarding, rest);
  if (request_.refused()) return refuse(request_.rejection());
  waits_.begin(pool->timeouts());
  search_.begin(*pool, hash_of(head, pool->hashed(), client_), exclusive);
  return ExchangeStep::kWaiting;
}

ExchangeStep Exchange::advance() {
  for (;;) {
    std::optional<ExchangeStep> step;
    switch (phase_) {
      case Phase::kSeeking:
        step = seek();
        break;
      case Phase::kQueued:
        return left_the_queue() ? ExchangeStep::kClientGone : ExchangeStep::kWaiting;
      case Phase::kConnecting:
        if (search_.waits_in_line() ? left_the_queue() : client_.socket.gone())
          return ExchangeStep::kClientGone;
        if (connection().state() == BackendConnection::State::kConnecting) return ExchangeStep::kWaiting;
        step = connection().state() == BackendConnection::State::kFailed
                   ? fail_attempt(AttemptFailure::kConnectRefused, member(), connection().error_number())
                   : adopt_connected();
        break;
      case Phase::kRelaying:
        step = relay();
        break;
      case Phase::kTunnel:
        return tunnel();
      case Phase::kOver:
        return ExchangeStep::kWaiting;
    }
    if (step) return *step;
  }
}

std::optional<ExchangeStep> Exchange::take(const Grant& grant) {
  if (tracing()) [[unlikely]]
    trace_grant(client_.socket.fd(), pool(), grant, search_.attempts());
  switch (grant.outcome) {
    case GrantOutcome::kConnected:
      return adopt_connected();
    case GrantOutcome::kConnecting:
      transition(Phase::kConnecting);
      waits_.wait_for_response(WaitFor::kConnect, true);
      arm_timer();
      return ExchangeStep::kWaiting;
    case GrantOutcome::kQueued:
      transition(Phase::kQueued);
      await_since(search_.in_line_since_ns(), WaitFor::kQueue);
      return left_the_queue() ? ExchangeStep::kClientGone : ExchangeStep::kWaiting;
    case GrantOutcome::kQueueFull:
      return refuse(kQueueFull);
    case GrantOutcome::kNoBackend:
      // What became of the last attempt says more than that nobody is left.
      return refuse(search_.attempts() > 1 ? refusal_ : kNoBackend);
    case GrantOutcome::kConnectFailed:
      return fail_attempt(AttemptFailure::kConnectRefused, *grant.member, grant.error_number);
    case GrantOutcome::kNoResources:
      return seek_elsewhere(*grant.member);
  }
  return ExchangeStep::kWaiting;
}

std::optional<ExchangeStep> Exchange::seek_elsewhere(Member& member) {
  refusal_ = kNoResources;
  transition(Phase::kSeeking);
  if (!search_.fail_here(member)) return refuse(kNoResources);
  return std::nullopt;
}

bool Exchange::left_the_queue() const {
  const PeerSocket& client = client_.socket;
  return client.gone() || (client.ended() && pool().abort_on_close());
}

std::optional<ExchangeStep> Exchange::adopt_connected() {
  // What may not be sent twice is not sent on a connection that has just ended: asking costs a call. A new
  // one is asked only when something came with its connecting.
  const bool reused = connection().reused();
  if (tracing() && phase_ == Phase::kConnecting) [[unlikely]]
    trace_line(client_.socket.fd(), "connected");
  const bool repeatable = facts_.idempotent && request_.received();
  if (reused ? !repeatable : connection().socket.readable()) {
    const IoOutcome waits = connection().look();
    if (connection().failed_here()) return fail_here();
    if (waits != IoOutcome::kAgain) {
      const bool spoke = waits == IoOutcome::kDone && !reused;
      return fail_attempt(spoke ? AttemptFailure::kSpokeFirst : AttemptFailure::kClosedEarly, member());
    }
  }
  response_.expect(facts_.expectation, reused && repeatable);
  search_.begin_request();
  member().stats.requests.add();
  transition(Phase::kRelaying);
  return std::nullopt;
}

TrafficCount Exchange::count() const {
  const ListenerHandle& listener = client_.listener;
  return {listener.worker_stats, listener.stats, &member().stats};
}

std::optional<ExchangeStep> Exchange::relay() {
  if (connection().out_of_turn()) {
    return fail_attempt(AttemptFailure::kClosedEarly, member());
  }
  PeerSocket& client = client_.socket;
  PeerSocket& backend = connection().socket;
  if (client.gone()) return ExchangeStep::kClientGone;
  TrafficCount traffic = count();
  RelayStep request_step = RelayStep::kDone;
  if (!abandoned_) {
    request_step = request_.advance(space_, client, client_.input, backend, traffic);
    if (const auto end = after_request_step(request_step)) return end;
    // The attempt failed, and another one begins.
    if (phase_ != Phase::kRelaying) return std::nullopt;
  }
  const ClientTerms terms{facts_.minor_version,
                          facts_.persistent && request_.complete() && owner_.may_keep_connection(),
                          request_.complete(), settings_.forwarding.via};
  const unsigned interim_before = response_.interim_count();
  const RelayStep step = response_.advance(space_, desk_, backend, client, terms, traffic);
  if (response_.begun()) request_.forget_replay();
  if (step == RelayStep::kGoesOn) {
    owner_.go_on_next_turn();
  } else if (step != RelayStep::kWaitsToReceive && step != RelayStep::kWaitsToSend) {
    return after_response_step(step);
  }
  pool().fetch_ahead();
  // Only now: an interim response may have made it the client's turn.
  waits_.wait_for_request(awaited_for_request(request_step, awaits_continue()), traffic.request_moved);
  // Whatever it has answered so far, it may need the rest of the request to go on.
  const bool backends_turn = request_.complete() || abandoned_ || awaits_continue();
  const WaitFor awaited = awaited_for_response(step, backends_turn, response_.has_head());
  // The time of a head is that of the whole head; an interim response is one of its own.
  const bool head_renewed = response_.interim_count() > interim_before;
  waits_.wait_for_response(awaited, awaited == WaitFor::kBackendHead ? head_renewed : traffic.response_moved);
  arm_timer();
  return ExchangeStep::kWaiting;
}

std::optional<ExchangeStep> Exchange::after_request_step(RelayStep step) {
  switch (step) {
    case RelayStep::kGoesOn:
      owner_.go_on_next_turn();
      return std::nullopt;
    case RelayStep::kDone:
    case RelayStep::kWaitsToReceive:
    case RelayStep::kWaitsToSend:
      return std::nullopt;
    case RelayStep::kSenderEnded:
      return ExchangeStep::kClientGone;
    case RelayStep::kReceiverFailed:
      if (connection().failed_here()) return fail_here();
      if (!request_.anything_sent() || connection().taken_in_this_turn()) {
        return fail_attempt(AttemptFailure::kClosedEarly, member());
      }
      // The backend may have answered before it closed: that answer counts.
      abandoned_ = true;
      connection().socket.note(EPOLLIN);
      return std::nullopt;
    case RelayStep::kRefused:
      stats_.worker.protocol_errors.add();
      return fail_response(request_.rejection());
  }
  return std::nullopt;
}

std::optional<ExchangeStep> Exchange::after_response_step(RelayStep step) {
  Member& member = connection().member();
  switch (step) {
    case RelayStep::kDone:
      if (!response_.switched()) return finish();
      transition(Phase::kTunnel);
      Tunnel::begin(client_.socket, connection().socket);
      waits_.end_of_request();
      count_answer(stats_, member.stats, response_.status(), started_ns_);
      pool().judge().report_success(member);
      tunnel_.forward().put_first(space_, client_.input.bytes());
      client_.input.reset();
      return std::nullopt;
    case RelayStep::kSenderEnded:
      if (connection().failed_here()) return fail_here();
      if (!response_.begun()) return fail_attempt(AttemptFailure::kClosedEarly, member);
      if (!client_kept_backend_waiting()) {
        search_.blame(&BackendStats::response_errors, "it broke off a response");
      }
      return fail_response({502, "the backend closed the connection before its response was complete"});
    case RelayStep::kReceiverFailed:
      return ExchangeStep::kClientGone;
    case RelayStep::kRefused:
      if (!response_.rejection().blameless) {
        search_.blame(&BackendStats::response_errors, "it sent an invalid response");
      }
      return fail_response(response_.rejection());
    case RelayStep::kWaitsToReceive:
    case RelayStep::kWaitsToSend:
    case RelayStep::kGoesOn:
      break;
  }
  return ExchangeStep::kWaiting;
}

ExchangeStep Exchange::finish() {
  Member& member = connection().member();
  pool().judge().report_response(member, response_.status(), search_.attempt_ns());
  count_answer(stats_, member.stats, response_.status(), started_ns_);
  const bool reusable = response_.leaves_backend_usable() && request_.complete() && !asked_to_close_;
  give_back(reusable && connection().is_silent());
  transition(Phase::kOver);
  return ExchangeStep::kFinished;
}

ExchangeStep Exchange::tunnel() {
  TrafficCount traffic = count();
  const Tunnel::Step step = tunnel_.advance(space_, client_.socket, connection().socket, traffic);
  switch (step) {
    case Tunnel::Step::kGoesOn:
      owner_.go_on_next_turn();
      [[fallthrough]];
    case Tunnel::Step::kWaiting:
      waits_.wait_for_response(WaitFor::kTunnelByte, traffic.request_moved || traffic.response_moved);
      arm_timer();
      return ExchangeStep::kWaiting;
    case Tunnel::Step::kFinished:
      give_back(false);
      transition(Phase::kOver);
      return ExchangeStep::kFinished;
    case Tunnel::Step::kBroken:
      if (connection().failed_here()) return fail_here();
      connection().socket.reset_when_closed();
      return client_.socket.gone() ? ExchangeStep::kClientGone : ExchangeStep::kBroken;
  }
  return ExchangeStep::kBroken;
}

}  // namespace demo
