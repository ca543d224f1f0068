#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "event/loop.h"
#include "event/timer_wheel.h"
#include "http/request_head.h"
#include "net/client_abort.h"
#include "proxy/exchange/exchange_owner.h"
#include "proxy/exchange/exchange_waits.h"
#include "proxy/exchange/head_desk.h"
#include "proxy/exchange/request_facts.h"
#include "proxy/exchange/request_relay.h"
#include "proxy/exchange/response_relay.h"
#include "proxy/pool/backend_pool.h"
#include "proxy/pool/backend_search.h"
#include "proxy/relay/relay_space.h"
#include "proxy/relay/traffic_count.h"
#include "proxy/relay/tunnel.h"
#include "proxy/settings/proxy_settings.h"
#include "stats/stats_page.h"

namespace demo {

// One request and its response: finds a backend, sends the request there, again elsewhere when that is
// allowed, relays both bodies at the same time, keeps the time-outs. Owns its two relays, holds a backend
// connection of its pool while it needs one; its owner hears of nothing but steps.
//
//              full            room             connected            101
//   kSeeking ───────▶ kQueued ──────▶ kConnecting ───────▶ kRelaying ─────▶ kTunnel
//      ▲ │                               │  ▲ pooled            │ finished      │ finished
//      │ └───────────────────────────────┼──┘                   ▼               ▼
//      └───────── failed, may be retried ┴───────────────────  kOver  ◀─────────┘
class Exchange final : public Timer, private BackendSeeker {
 public:
  // What is borrowed outlives it. page: this worker's.
  Exchange(Loop& loop, StatsPage& page, const ProxySettings& settings, RelaySpace& space, HeadDesk& desk,
           const ClientEnd& client, ExchangeOwner& owner);
  // Gives back what it holds; a connection in the middle of a message is closed.
  ~Exchange();

  // Takes a request without sending anything yet: kWaiting, or kRefused. rest: received behind the head;
  // taken: how much of it went with the head. pool: null when the listener has none. head is not needed
  // afterwards.
  ExchangeStep begin(const RequestHead& head, std::string_view rest, BackendPool* pool, std::size_t& taken);
  // Does what can be done without waiting.
  ExchangeStep advance();

  const Rejection& refusal() const { return refusal_; }
  bool keeps_client() const { return response_.keeps_client(); }
  // The client did not ask for the end of its connection: another request may be on the way.
  bool client_would_stay() const { return facts_.persistent; }
  // The client has nothing more to send for this request.
  bool request_received() const { return request_.received(); }
  bool head_only() const { return facts_.expectation.method == Method::kHead; }
  unsigned status() const { return response_.status(); }
  // Where the client is, should it leave now.
  AbortPlace client_place() const;
  // Whether the client has to act before this goes on, or may leave the queue: then its socket must be
  // watched.
  bool waits_for_client() const;
  // The client has to send more of its request before this goes on.
  bool waits_for_request() const { return waits_.for_request() == WaitFor::kClientBody; }
  // The whole request took too long to come in: what to do.
  ExchangeStep request_timed_out();

 private:
  friend class Timer;
  enum class Phase : std::uint8_t { kSeeking, kQueued, kConnecting, kRelaying, kTunnel, kOver };

  void on_grant(const Grant& grant) override;
  void on_connection_changed(const BackendConnection& before) override;
  void on_backend_event() override;
  void on_backend_cut() override;
  void on_timeout();
  void transition(Phase next) { phase_ = next; }

  // Steps: nothing means go on. exchange.cc
  std::optional<ExchangeStep> seek() { return take(search_.seek()); }
  std::optional<ExchangeStep> take(const Grant& grant);
  std::optional<ExchangeStep> seek_elsewhere(Member& member);
  // Of the search, which holds one.
  BackendConnection& connection() const { return *search_.connection(); }
  Member& member() const { return connection().member(); }
  BackendPool& pool() const { return *search_.pool(); }
  std::optional<ExchangeStep> adopt_connected();
  // The client does not wait any more for its turn.
  bool left_the_queue() const;
  std::optional<ExchangeStep> relay();
  std::optional<ExchangeStep> after_request_step(RelayStep step);
  std::optional<ExchangeStep> after_response_step(RelayStep step);
  ExchangeStep finish();
  ExchangeStep tunnel();
  // The client waits for the backend's 100 before it sends its body (RFC 9110 section 10.1.1), and has not
  // lost its patience yet.
  bool awaits_continue() const {
    return facts_.expects_continue && !response_.begun() && !request_.body_begun();
  }
  // The backend may have lost its patience with a client that does not send the rest of its request.
  bool client_kept_backend_waiting() const;
  TrafficCount count() const;

  // Failures and time-outs: exchange_failure.cc
  // error_number: errno of a connect that failed.
  std::optional<ExchangeStep> fail_attempt(AttemptFailure failure, Member& member, int error_number = 0);
  // The connection failed here, not at the backend: BackendConnection::failed_here().
  ExchangeStep fail_here();
  ExchangeStep fail_response(const Rejection& rejection);
  ExchangeStep refuse(const Rejection& rejection);
  ExchangeStep expire(WaitFor what);
  // The backend, or the queue, is waited for, in a time that began at since_ns (monotonic).
  void await_since(std::uint64_t since_ns, WaitFor what);
  void arm_timer();
  void give_back(bool reusable);

  Loop& loop_;
  StatsPage& stats_;
  const ProxySettings& settings_;
  RelaySpace& space_;
  HeadDesk& desk_;
  const ClientEnd client_;
  ExchangeOwner& owner_;
  BackendSearch search_;
  RequestRelay request_;
  ResponseRelay response_;
  Tunnel tunnel_;
  ExchangeWaits waits_;
  Rejection refusal_;
  RequestFacts facts_;
  std::uint64_t started_ns_ = 0;
  Phase phase_ = Phase::kSeeking;
  bool abandoned_ = false;       // the backend takes no more of the request; its response may still come
  bool asked_to_close_ = false;  // the backend, after its response
};

}  // namespace demo
