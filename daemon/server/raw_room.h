#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/snapshot.h"
#include "config/traffic.h"
#include "event/loop.h"
#include "event/slab.h"
#include "net/buffer_pool.h"
#include "net/connection_taker.h"
#include "net/lingering_close.h"
#include "net/turn_allowance.h"
#include "server/answers.h"
#include "server/raw_session.h"
#include "stats/stats_page.h"

namespace demo {

// Raw mode in one worker: the configured response to whatever bytes arrive, unparsed, once for each recv(2).
// For measuring the network stack alone, as the original daemon did. Owns its sessions.
class RawRoom final : public ConnectionTaker {
 public:
  RawRoom(Loop& loop, BufferPool& buffers, LingeringClose& lingering, StatsPage& stats, Answers& answers);
  ~RawRoom() override;

  void take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
            std::uint32_t served) override;

  // Settings from now on. Connections that no longer may stay open close, as with leave() and drain(): idle
  // ones after a moment, others after their response. Those of a listener that is another room's now move
  // there.
  void apply(const Snapshot& snapshot);
  void leave(const ListenerHandle& listener);
  void drain();
  std::uint64_t cut();

  std::size_t connections() const { return sessions_.live(); }

 private:
  friend class RawSession;
  bool keeps_connections() const { return keepalive_.enabled && !draining_; }
  void close_idle();
  void retire(RawSession& session);

  Loop& loop_;
  BufferPool& buffers_;
  LingeringClose& lingering_;
  WorkerStats& stats_;
  Histogram& service_time_;
  Answers& answers_;
  TurnAllowance allowance_;  // of the session that is being worked on
  Slab<RawSession> sessions_;
  RawSession* first_ = nullptr;  // not owned; list of all sessions
  ClientKeepalive keepalive_;
  ClientTimeouts timeouts_;
  bool draining_ = false;
};

}  // namespace demo
