#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "config/backend.h"

namespace demo {

// How a pool chooses a backend for a request (or for a connection in tcp mode).
enum class BalancePolicy : std::uint8_t {
  kRoundRobin,        // smooth weighted
  kLeastConnections,  // counts what the other workers hold too
  kRandomTwoChoices,
  kSourceHash,  // consistent (Maglev) by client address
  kUriHash,     // consistent (Maglev) by request target
};

// "round-robin", "least-connections", "random-two-choices", "source-hash", "uri-hash"
std::string_view to_string(BalancePolicy policy);
std::optional<BalancePolicy> parse_balance_policy(std::string_view text);

enum class HealthCheckKind : std::uint8_t { kNone, kTcp, kHttp };

// "none", "tcp", "http"
std::string_view to_string(HealthCheckKind kind);
std::optional<HealthCheckKind> parse_health_check_kind(std::string_view text);

// Active checks, made by the supervisor.
struct HealthCheck {
  HealthCheckKind kind = HealthCheckKind::kNone;
  std::string path = "/";
  std::string host;              // Host field; empty: the backend's endpoint
  unsigned expected_status = 0;  // 0: any 2xx or 3xx
  std::chrono::milliseconds interval{2000};
  std::chrono::milliseconds timeout{1000};
  unsigned rise = 2;  // successes until up
  unsigned fall = 3;  // failures until down
  bool operator==(const HealthCheck&) const = default;
};

// Passive ejection, by each worker on what it sees.
struct Ejection {
  unsigned consecutive_failures = 5;          // of the backend, in a row; 0: off
  std::chrono::milliseconds base_time{5000};  // times the number of ejections in a row
  std::chrono::milliseconds max_time{300'000};
  bool allow_last = false;  // may eject the last usable backend
  // Responses that count as failures, as StatusSet::parse() reads them: those that speak of the backend
  // rather than of what a client asked for.
  std::string statuses = "502,503,504";
  bool operator==(const Ejection&) const = default;
};

enum class SendProxyProtocol : std::uint8_t { kOff, kV1, kV2 };
// "off", "v1", "v2"
std::string_view to_string(SendProxyProtocol version);
std::optional<SendProxyProtocol> parse_send_proxy_protocol(std::string_view text);

// Time-outs towards the backends of a pool.
struct PoolTimeouts {
  std::chrono::milliseconds connect = limits::kBackendConnectTimeout;
  std::chrono::milliseconds head = limits::kBackendHeadTimeout;
  std::chrono::milliseconds body = limits::kBackendBodyTimeout;
  std::chrono::milliseconds tunnel = limits::kTunnelIdleTimeout;
  std::chrono::milliseconds queue = limits::kQueueTimeout;
  bool operator==(const PoolTimeouts&) const = default;
};

// A named set of backends. Identity: the name.
struct Pool {
  std::string name = "default";
  BalancePolicy policy = BalancePolicy::kRoundRobin;
  std::vector<Backend> backends;
  HealthCheck health;
  Ejection ejection;
  SendProxyProtocol send_proxy_protocol = SendProxyProtocol::kOff;
  PoolTimeouts timeouts;
  std::chrono::milliseconds slow_start{0};             // a backend that came up reaches its weight after this
  std::chrono::milliseconds resolve_interval{30'000};  // host names are looked up again after this
  unsigned queue_limit = 256;                          // requests a worker lets wait under max_connections
  bool abort_on_close = true;                          // a client that ended its side while it waits has left
  bool operator==(const Pool&) const = default;
};

}  // namespace demo
