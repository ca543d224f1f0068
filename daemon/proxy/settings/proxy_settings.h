#pragma once

#include <string>

#include "config/snapshot.h"
#include "config/traffic.h"
#include "net/session_policy.h"

namespace demo {

// What of the snapshot in force all that the proxy of one worker does goes by.
struct ProxySettings {
  void apply(const Snapshot& snapshot) {
    client.apply(snapshot);
    backend_keepalive = snapshot.backend_keepalive;
    forwarding = snapshot.forwarding;
    loop_name = snapshot.loop_name;
  }

  // A drain keeps no connection to a backend either.
  SessionPolicy client;
  BackendKeepalive backend_keepalive;
  Forwarding forwarding;
  std::string loop_name;  // Snapshot::loop_name
};

}  // namespace demo
