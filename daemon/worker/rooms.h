#pragma once

#include <cstddef>
#include <cstdint>

#include "config/snapshot.h"
#include "event/loop.h"
#include "net/buffer_pool.h"
#include "net/connection_taker.h"
#include "net/lingering_close.h"
#include "proxy/proxy_room.h"
#include "proxy/tcp_room.h"
#include "server/answers.h"
#include "server/raw_room.h"
#include "server/server_room.h"
#include "stats/stats_area.h"

namespace demo {

// Everything that serves client connections in one worker, and which of it serves a listener. Owns the rooms;
// they know nothing of each other.
class Rooms {
 public:
  Rooms(Loop& loop, BufferPool& buffers, StatsArea& stats, unsigned worker_index, BackendNoticeSink notices);

  void apply(const Snapshot& snapshot);
  // Who serves a listener under the snapshot that was applied last.
  ConnectionTaker& taker_for(const SnapshotListener& listener);
  // The listener is gone, or another room serves it now: idle connections close or move.
  void leave(const ListenerHandle& listener);

  void drain();
  // Closes every connection; how many requests or connections were cut off.
  std::uint64_t cut();
  std::size_t connections() const;

 private:
  LingeringClose lingering_;
  Answers answers_;
  ServerRoom server_;
  RawRoom raw_;
  ProxyRoom proxy_;
  TcpRoom tcp_;
};

}  // namespace demo
