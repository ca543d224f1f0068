#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/address.h"
#include "base/clock.h"
#include "config/snapshot.h"
#include "config/traffic.h"
#include "event/loop.h"
#include "event/slab.h"
#include "http/error_response.h"
#include "http/head_cache.h"
#include "http/request_parser.h"
#include "net/buffer_pool.h"
#include "net/connection_taker.h"
#include "net/lingering_close.h"
#include "net/turn_allowance.h"
#include "server/answers.h"
#include "server/output_batch.h"
#include "server/session.h"
#include "stats/response_count.h"
#include "stats/stats_page.h"

namespace demo {

// Server mode in one worker: its client connections and what they share. Owns the sessions; answers every
// complete request with the configured response.
class ServerRoom final : public ConnectionTaker {
 public:
  ServerRoom(Loop& loop, BufferPool& buffers, LingeringClose& lingering, StatsPage& stats, Answers& answers);
  ~ServerRoom() override;

  void take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
            std::uint32_t served) override;

  // Settings from now on. Connections that no longer may stay open close: idle ones now, others after their
  // response.
  void apply(const Snapshot& snapshot);
  // The listener is gone or belongs to another room: its idle connections close or move.
  void leave(const ListenerHandle& listener);
  // Every response from now on is its connection's last; idle connections close.
  void drain();
  // Closes what is left; how many connections that were.
  std::uint64_t cut();

  std::size_t connections() const { return sessions_.live(); }

 private:
  friend class Session;

  bool keeps_connections() const { return keepalive_.enabled && !draining_; }
  void count_response(unsigned status) { demo::count_response(stats_, status); }
  // From the wake-up that brought the requests until now, when they are answered.
  void record_service_time(unsigned responses) {
    service_time_.record(monotonic_ns() - loop_.now_ns(), responses);
  }
  // Valid until the next call.
  std::string_view error_response(Rejection rejection);
  void close_idle();
  void enlist(Session& session);
  void retire(Session& session);

  Loop& loop_;
  BufferPool& buffers_;
  LingeringClose& lingering_;
  WorkerStats& stats_;
  Histogram& service_time_;
  Answers& answers_;
  RequestParser parser_;
  HeadCache heads_;
  OutputBatch batch_;
  TurnAllowance allowance_;  // of the session that is being worked on
  std::array<char, kErrorResponseBytes> error_text_;
  Slab<Session> sessions_;
  Session* first_ = nullptr;  // not owned; list of all sessions
  // Of clients of which somebody else than the kernel knows the address, for the room that they may move to.
  std::unordered_map<const Session*, Address> peers_;
  ClientKeepalive keepalive_;
  ClientTimeouts timeouts_;
  bool shaping_ = true;
  bool draining_ = false;
};

}  // namespace demo
