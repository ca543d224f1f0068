#pragma once

#include <chrono>
#include <cstdint>

#include "base/limits.h"
#include "config/snapshot.h"
#include "config/traffic.h"
#include "net/listener_handle.h"

namespace demo {

// Whether, and for how long, the settings let client connections stay open. Pure.
struct SessionPolicy {
  // Takes over a generation. A drain goes on.
  void apply(const Snapshot& snapshot) {
    keepalive = snapshot.client_keepalive;
    timeouts = snapshot.client_timeouts;
  }

  ClientKeepalive keepalive;
  ClientTimeouts timeouts;
  bool draining = false;

  // Some connections may live on after a response.
  bool keeps_connections() const { return keepalive.enabled && !draining; }
  bool keeps_connections_of(const ListenerHandle& listener) const {
    return keeps_connections() && !listener.removed;
  }
  // Whether another request may follow the one that is answered next, after so many.
  bool allows_another(std::uint32_t answered) const {
    return keepalive.max_requests == 0 || answered + 1 < keepalive.max_requests;
  }
  // How long a connection may wait for the first byte of a request, after so many.
  std::chrono::milliseconds idle_time(std::uint32_t answered, const ListenerHandle& listener) const {
    if (answered == 0) return timeouts.head;
    // The connection outlived a response that was sent while the settings changed.
    return keeps_connections_of(listener) ? keepalive.idle_timeout : limits::kIdleGrace;
  }
};

}  // namespace demo
