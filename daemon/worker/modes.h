#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "channel/messages.h"
#include "config/snapshot.h"
#include "event/loop.h"
#include "net/buffer_pool.h"
#include "net/connection_taker.h"
#include "net/lingering_close.h"
#include "proxy/client/proxy_header_gate.h"
#include "proxy/http_proxy.h"
#include "proxy/tcp_proxy.h"
#include "quota/quota.h"
#include "server/answers.h"
#include "server/session_server.h"
#include "stats/stats_area.h"

namespace demo {

// Told of backends that this worker ejects or takes back.
using BackendNoticeSink = std::function<void(BackendNotice)>;

// Everything that serves client connections in one worker, by the mode of their listener. Owns who serves
// each mode; they know nothing of each other.
class Modes {
 public:
  // What is borrowed outlives it.
  Modes(Loop& loop, BufferPool& buffers, StatsArea& stats, Quota& quota, unsigned own_page,
        BackendNoticeSink notices);

  ConnectionTaker& taker_for(const SnapshotListener& listener);
  // Who takes the listener's connections ahead of its taker; null: nobody.
  ConnectionTaker* entrance_for(const SnapshotListener& listener) {
    return listener.accept_proxy_protocol ? &gate_ : nullptr;
  }

  // The settings of the snapshot, once the listener handles follow it.
  void apply(const Snapshot& snapshot);
  // The listeners are gone, or another mode serves them now: their idle connections close or move.
  void leave(const ListenerHandles& listeners);

  // Something changed in the limits that the workers keep together.
  void hear_others() { proxy_.hear_others(); }

  // No connection to the address is kept for this time from now on.
  void distrust(const Address& address, std::chrono::nanoseconds time) { proxy_.distrust(address, time); }
  // HttpProxy::keep_out().
  void keep_out(const BackendNotice& ejection);

  void drain();
  // Closes every connection; how many that were.
  std::uint64_t cut();
  std::size_t connections() const;

 private:
  LingeringClose lingering_;
  Answers answers_;
  HttpServer server_;
  RawServer raw_;
  HttpProxy proxy_;
  TcpProxy tcp_;
  ProxyHeaderGate gate_;
};

}  // namespace demo
