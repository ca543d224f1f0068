#pragma once

#include <chrono>
#include <utility>

#include "event/loop.h"
#include "event/slab.h"
#include "net/buffer_pool.h"
#include "proxy/connections/backend_connection.h"
#include "proxy/connections/distrusted.h"
#include "proxy/settings/proxy_outlook.h"
#include "proxy/settings/proxy_settings.h"
#include "stats/stats_page.h"

namespace demo {

// What the pools of one worker work with and have between them. Borrowed parts outlive it; it outlives the
// pools.
struct PoolEnvironment {
  PoolEnvironment(Loop& its_loop, BufferPool& its_buffers, StatsPage& page, unsigned index,
                  ProxyOutlook its_outlook, const ProxySettings& in_force)
      : loop(its_loop),
        buffers(its_buffers),
        stats(page),
        worker(index),
        outlook(std::move(its_outlook)),
        settings(in_force),
        connections(its_loop) {}

  Loop& loop;
  BufferPool& buffers;
  StatsPage& stats;
  const unsigned worker;
  const ProxyOutlook outlook;
  const ProxySettings& settings;
  Slab<BackendConnection> connections;
  // No connection to a backend is kept for so long after it sent a response that nobody had asked for.
  std::chrono::nanoseconds distrust = std::chrono::seconds(60);
  Distrusted distrusted;
  bool queues_due = false;  // a pool has room for a waiting user, or something to tidy
};

}  // namespace demo
