#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/address.h"
#include "config/snapshot.h"
#include "config/traffic.h"
#include "event/loop.h"
#include "event/slab.h"
#include "http/date.h"
#include "http/request_parser.h"
#include "http/response_parser.h"
#include "http/written_head.h"
#include "net/buffer_pool.h"
#include "net/lingering_close.h"
#include "net/turn_allowance.h"
#include "proxy/backend_connection.h"
#include "proxy/byte_pipe.h"
#include "proxy/distrusted.h"
#include "proxy/proxy_outlook.h"
#include "stats/stats_page.h"

namespace demo {

// What everything in the proxy of one worker works with. Borrowed parts outlive it.
struct Workbench {
  Workbench(Loop& the_loop, BufferPool& pool, LingeringClose& lingerers, StatsPage& own, unsigned index,
            ProxyOutlook view)
      : loop(the_loop),
        buffers(pool),
        lingering(lingerers),
        stats(own),
        worker(index),
        outlook(std::move(view)),
        connections(the_loop) {}

  Loop& loop;
  BufferPool& buffers;
  LingeringClose& lingering;
  StatsPage& stats;
  const unsigned worker;
  const ProxyOutlook outlook;
  // The part of the assembly area before rest, which is its unused end.
  std::string_view assembled(std::span<char> rest) const {
    return {assembly_.get(), static_cast<std::size_t>(rest.data() - assembly_.get())};
  }
  // Where a response's heads and its first bytes are put together; anybody's next use overwrites it.
  std::span<char> assembly() { return {assembly_.get(), kAssemblyBytes}; }
  // For the Date field.
  std::string_view date();

  TurnAllowance allowance;  // of the direction that is being worked on
  PipePool pipes;
  RequestParser request_parser{Recall::kLastHead};
  ResponseParser response_parser{Recall::kLastHead};
  WrittenRequestHead written_request;
  WrittenResponseHead written_response;
  Slab<BackendConnection> connections;
  // Settings of the snapshot in force.
  ClientKeepalive client_keepalive;
  BackendKeepalive backend_keepalive;
  ClientTimeouts client_timeouts;
  Forwarding forwarding;
  std::string loop_name;  // Snapshot::loop_name
  // No connection to a backend is kept for so long after it sent a response that nobody had asked for.
  std::chrono::nanoseconds distrust = std::chrono::seconds(60);
  Distrusted distrusted;
  bool draining = false;    // no connection is kept after its current exchange
  bool queues_due = false;  // a pool has room for a waiting user, or something to tidy

 private:
  // One receive, heads that grew by what is added to them, an error response.
  static constexpr std::size_t kAssemblyBytes = 48 * 1024;
  static_assert(kAssemblyBytes >= limits::kPooledBufferBytes + 2 * limits::kHeadSizeBytes);

  std::unique_ptr<char[]> assembly_ = std::make_unique_for_overwrite<char[]>(kAssemblyBytes);
  HttpDate date_{0};
  std::uint64_t date_second_ = 0;  // monotonic
};

}  // namespace demo
