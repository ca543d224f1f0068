#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/linked_list.h"
#include "base/unique_fd.h"
#include "event/timer_wheel.h"
#include "event/yielding_watch.h"
#include "net/listener_handle.h"
#include "proxy/client/client_peer.h"
#include "proxy/pool/backend_pool.h"
#include "proxy/pool/backend_search.h"
#include "proxy/relay/peer_socket.h"
#include "proxy/relay/tunnel.h"

namespace demo {

class TcpProxy;

// One client connection in tcp mode: finds a backend, trying the next when one refuses, and relays bytes both
// ways until both sides ended. Owns its descriptor, holds, through its search, a backend connection of its
// own. In a worker's TcpProxy.
//
//              full            room             connected
//   kSeeking ───────▶ kQueued ──────▶ kConnecting ───────▶ kTunnel ──▶ closed
//      ▲                                   │ failed
//      └───────────────────────────────────┘
class TcpSession final : public YieldingWatch, public Timer, public ListLink<>, private BackendSeeker {
 public:
  TcpSession(TcpProxy& proxy, UniqueFd fd, ListenerHandle& listener, const Address* peer);

  // received: bytes of the client that came already. May destroy the session, as every function below.
  void start(BackendPool* pool, std::string_view received);
  // Ends it whatever it is doing.
  void cut();

 private:
  friend class Watch;
  friend class Timer;
  friend class TcpProxy;

  enum class Phase : std::uint8_t { kSeeking, kQueued, kConnecting, kTunnel };
  void transition(Phase next) { phase_ = next; }

  void on_ready(std::uint32_t events);
  void on_timeout();
  void on_grant(const Grant& grant) override { take(grant); }
  void on_connection_changed(const BackendConnection& before) override;
  void on_backend_event() override;
  void on_backend_cut() override;

  void seek();
  void take(const Grant& grant);
  // error_number: errno of a connect that failed.
  void fail_attempt(AttemptFailure failure, Member& member, int error_number = 0);
  void seek_elsewhere(Member& member);
  void connected();
  void relay();
  void arm(std::chrono::milliseconds delay);
  // The same for a time that began at since_ns (monotonic).
  void arm_since(std::uint64_t since_ns, std::chrono::milliseconds time);
  // Of the search, which holds one.
  BackendConnection& connection() const { return *search_.connection(); }
  BackendPool& pool() const { return *search_.pool(); }
  // Destroys the session. broken: with a reset, so that it shows.
  void end(bool broken);

  TcpProxy& proxy_;
  ListenerHandle& listener_;
  BackendSearch search_;
  PeerSocket socket_;
  ClientPeer peer_;
  Tunnel tunnel_;
  Phase phase_ = Phase::kSeeking;
};

}  // namespace demo
