#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "config/field_form.h"
#include "config/listener.h"
#include "config/pool.h"
#include "config/traffic.h"

namespace demo {

inline constexpr unsigned kLastCore = 1'048'575;  // far beyond CPU_SETSIZE and NR_CPUS of any kernel

// How many workers and where: count and start_core, or an explicit core list.
struct WorkerPlan {
  std::optional<unsigned> count;  // unset: the cores available to this process
  unsigned start_core = 0;
  std::vector<unsigned> cores;  // one worker a core, in this order
  bool operator==(const WorkerPlan&) const = default;
};

template <Is<WorkerPlan> S, typename Visit>
void for_each_field(S& workers, Visit& visit) {
  visit("count", workers.count, number_from(1, limits::kWorkers));
  visit("start_core", workers.start_core, number_from(0, kLastCore));
  visit("cores", workers.cores, number_from(0, kLastCore));
}

// What is set for the daemon as a whole.
struct DaemonSettings {
  WorkerPlan workers;
  AcceptMode accept_mode = AcceptMode::kReuseport;
  LogLevel log_level = LogLevel::kInfo;
  ClientKeepalive client_keepalive;
  BackendKeepalive backend_keepalive;
  ClientTimeouts client_timeouts;
  Forwarding forwarding;
  Response response;
  std::uint64_t max_connections = 0;  // of clients, of all workers together; 0: as many as descriptors allow
  bool operator==(const DaemonSettings&) const = default;
};

template <Is<DaemonSettings> S, typename Visit>
void for_each_field(S& settings, Visit& visit) {
  visit("accept_mode", settings.accept_mode);
  visit("log_level", settings.log_level);
  visit("max_connections", settings.max_connections);
  visit("workers", settings.workers);
  visit("client_keepalive", settings.client_keepalive);
  visit("backend_keepalive", settings.backend_keepalive);
  visit("client_timeouts", settings.client_timeouts);
  visit("forwarding", settings.forwarding);
  visit("response", settings.response);
}

// The whole desired state: what the file says, what a change changes, what is saved. A plain value.
struct Config : DaemonSettings {
  std::vector<Listener> listeners;
  std::vector<Pool> pools;
  bool operator==(const Config&) const = default;
};

template <Is<Config> S, typename Visit>
void for_each_field(S& config, Visit& visit) {
  for_each_field(part_of<DaemonSettings>(config), visit);
  visit("listeners", config.listeners);
  visit("pools", config.pools);
}

// Borrowed from config, null when absent. Valid until config changes.
const Listener* find_listener(const Config& config, const Address& address);
const Pool* find_pool(const Config& config, std::string_view name);
const Backend* find_backend(const Pool& pool, std::string_view endpoint);

}  // namespace demo
