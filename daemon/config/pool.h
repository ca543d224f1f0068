#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/enum_words.h"
#include "base/limits.h"
#include "config/backend.h"
#include "config/field_form.h"

namespace demo {

// How a pool chooses a backend for a request (or for a connection in tcp mode).
enum class BalancePolicy : std::uint8_t {
  kRoundRobin,        // smooth weighted
  kLeastConnections,  // counts what the other workers hold too
  kRandomTwoChoices,
  kSourceHash,  // consistent (Maglev) by client address
  kUriHash,     // consistent (Maglev) by request target
};

template <>
inline constexpr auto kWordsOf<BalancePolicy> =
    enum_words<BalancePolicy>({{BalancePolicy::kRoundRobin, "round-robin"},
                               {BalancePolicy::kLeastConnections, "least-connections"},
                               {BalancePolicy::kRandomTwoChoices, "random-two-choices"},
                               {BalancePolicy::kSourceHash, "source-hash"},
                               {BalancePolicy::kUriHash, "uri-hash"}});

enum class HealthCheckKind : std::uint8_t { kNone, kTcp, kHttp };

template <>
inline constexpr auto kWordsOf<HealthCheckKind> = enum_words<HealthCheckKind>(
    {{HealthCheckKind::kNone, "none"}, {HealthCheckKind::kTcp, "tcp"}, {HealthCheckKind::kHttp, "http"}});

inline constexpr std::uint64_t kChecksInRowMax = 1000;

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

template <Is<HealthCheck> S, typename Visit>
void for_each_field(S& health, Visit& visit) {
  visit("kind", health.kind);
  visit("path", health.path);
  visit("host", health.host);
  visit("expected_status", health.expected_status, {.least = 200, .most = 599, .or_zero = true});
  visit("interval", health.interval, time_from(std::chrono::milliseconds(10)));
  visit("timeout", health.timeout, kAnyTime);
  visit("rise", health.rise, number_from(1, kChecksInRowMax));
  visit("fall", health.fall, number_from(1, kChecksInRowMax));
}

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

template <Is<Ejection> S, typename Visit>
void for_each_field(S& ejection, Visit& visit) {
  visit("consecutive_failures", ejection.consecutive_failures);
  visit("base_time", ejection.base_time, kAnyTime);
  visit("max_time", ejection.max_time, kAnyTime);
  visit("allow_last", ejection.allow_last);
  visit("statuses", ejection.statuses);
}

enum class SendProxyProtocol : std::uint8_t { kOff, kV1, kV2 };

template <>
inline constexpr auto kWordsOf<SendProxyProtocol> = enum_words<SendProxyProtocol>(
    {{SendProxyProtocol::kOff, "off"}, {SendProxyProtocol::kV1, "v1"}, {SendProxyProtocol::kV2, "v2"}});

// Time-outs towards the backends of a pool.
struct PoolTimeouts {
  std::chrono::milliseconds connect = limits::kBackendConnectTimeout;
  std::chrono::milliseconds head = limits::kBackendHeadTimeout;
  std::chrono::milliseconds body = limits::kBackendBodyTimeout;
  std::chrono::milliseconds tunnel = limits::kTunnelIdleTimeout;
  std::chrono::milliseconds queue = limits::kQueueTimeout;
  bool operator==(const PoolTimeouts&) const = default;
};

template <Is<PoolTimeouts> S, typename Visit>
void for_each_field(S& timeouts, Visit& visit) {
  visit("connect", timeouts.connect, kAnyTime);
  visit("head", timeouts.head, kAnyTime);
  visit("body", timeouts.body, kAnyTime);
  visit("tunnel", timeouts.tunnel, kAnyTime);
  visit("queue", timeouts.queue, kAnyTime);
}

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

template <Is<Pool> S, typename Visit>
void for_each_field(S& pool, Visit& visit) {
  visit("name", pool.name);
  visit("policy", pool.policy);
  visit("send_proxy_protocol", pool.send_proxy_protocol);
  visit("slow_start", pool.slow_start, time_from(std::chrono::milliseconds(0)));
  visit("resolve_interval", pool.resolve_interval, time_from(std::chrono::seconds(1)));
  visit("queue_limit", pool.queue_limit);
  visit("abort_on_close", pool.abort_on_close);
  visit("health", pool.health);
  visit("ejection", pool.ejection);
  visit("timeouts", pool.timeouts);
  visit("backends", pool.backends);
}

}  // namespace demo
