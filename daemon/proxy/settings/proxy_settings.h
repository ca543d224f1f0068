#pragma once

#include <string>

#include "config/snapshot.h"
#include "config/traffic.h"

namespace demo {

// What of the snapshot in force all that the proxy of one worker does goes by.
struct ProxySettings {
  void apply(const Snapshot& snapshot) {
    client_keepalive = snapshot.client_keepalive;
    backend_keepalive = snapshot.backend_keepalive;
    client_timeouts = snapshot.client_timeouts;
    forwarding = snapshot.forwarding;
    loop_name = snapshot.loop_name;
  }

  ClientKeepalive client_keepalive;
  BackendKeepalive backend_keepalive;
  ClientTimeouts client_timeouts;
  Forwarding forwarding;
  std::string loop_name;  // Snapshot::loop_name
  bool draining = false;  // no connection is kept after its current exchange
};

}  // namespace demo
