#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "config/listener.h"
#include "config/pool.h"
#include "config/traffic.h"

namespace demo {

// How many workers and where. An explicit core list wins over count and start_core.
struct WorkerPlan {
  std::optional<unsigned> count;  // unset: the cores available to this process
  unsigned start_core = 0;
  std::vector<unsigned> cores;  // one worker a core, in this order
  bool operator==(const WorkerPlan&) const = default;
};

// The whole desired state: what the file says, what a change changes, what is saved. A plain value.
struct Config {
  WorkerPlan workers;
  AcceptMode accept_mode = AcceptMode::kReuseport;
  LogLevel log_level = LogLevel::kInfo;
  ClientKeepalive client_keepalive;
  BackendKeepalive backend_keepalive;
  ClientTimeouts client_timeouts;
  Forwarding forwarding;
  Response response;
  std::uint64_t max_connections = 0;  // of clients, of all workers together; 0: as many as descriptors allow
  std::vector<Listener> listeners;
  std::vector<Pool> pools;
  bool operator==(const Config&) const = default;
};

// Borrowed from config, null when absent. Valid until config changes.
const Listener* find_listener(const Config& config, const Address& address);
const Pool* find_pool(const Config& config, std::string_view name);
const Backend* find_backend(const Pool& pool, std::string_view endpoint);

}  // namespace demo
