#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "base/limits.h"
#include "config/config.h"

// Every value of the desired state by name: the one list from which the file's keys, the differences and the
// messages are made. for_each_field(object, visit) calls visit(name, member) or visit(name, member, form) for
// each member, nested structs and lists included, in the order in which people read them.
namespace demo {

// How a number is written by people.
enum class FieldUnit { kNone, kBytes };

// What the type of a value does not say: its unit, and from where to where it may be; of a list, each of its
// elements. Times are in milliseconds here.
struct FieldForm {
  FieldUnit unit = FieldUnit::kNone;
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();  // the type may end before
  bool or_zero = false;                                            // though `least` is more
};

constexpr FieldForm number_from(std::uint64_t least, std::uint64_t most) {
  return {.least = least, .most = most};
}
constexpr FieldForm number_from(std::uint64_t least) { return {.least = least}; }
constexpr FieldForm size_from(std::uint64_t least,
                              std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  return {FieldUnit::kBytes, least, most};
}
constexpr FieldForm time_from(std::chrono::milliseconds least) {
  return {.least = static_cast<std::uint64_t>(least.count()),
          .most = std::chrono::milliseconds(limits::kConfiguredTimeMax).count()};
}

// Times that something may take are never 0, which would be no time at all.
inline constexpr FieldForm kAnyTime = time_from(std::chrono::milliseconds(1));
// What tcp(7) takes for TCP_DEFER_ACCEPT, TCP_KEEPIDLE and TCP_KEEPINTVL, and for TCP_KEEPCNT.
inline constexpr std::uint64_t kTcpSecondsMax = 32'767;
inline constexpr std::uint64_t kTcpKeepaliveCountMax = 127;
inline constexpr std::uint64_t kChecksInRowMax = 1000;
inline constexpr unsigned kLastCore = 1'048'575;  // far beyond CPU_SETSIZE and NR_CPUS of any kernel

template <typename S, typename T>
concept Is = std::same_as<std::remove_const_t<S>, T>;

template <Is<WorkerPlan> S, typename Visit>
void for_each_field(S& workers, Visit& visit) {
  visit("count", workers.count, number_from(1, limits::kWorkers));
  visit("start_core", workers.start_core, number_from(0, kLastCore));
  visit("cores", workers.cores, number_from(0, kLastCore));
}

template <Is<ClientKeepalive> S, typename Visit>
void for_each_field(S& keepalive, Visit& visit) {
  visit("enabled", keepalive.enabled);
  visit("idle_timeout", keepalive.idle_timeout, kAnyTime);
  visit("max_requests", keepalive.max_requests);
}

template <Is<BackendKeepalive> S, typename Visit>
void for_each_field(S& keepalive, Visit& visit) {
  visit("enabled", keepalive.enabled);
  visit("idle_timeout", keepalive.idle_timeout, kAnyTime);
}

template <Is<ClientTimeouts> S, typename Visit>
void for_each_field(S& timeouts, Visit& visit) {
  visit("head", timeouts.head, kAnyTime);
  visit("body", timeouts.body, kAnyTime);
  visit("request", timeouts.request, kAnyTime);
  visit("write", timeouts.write, kAnyTime);
}

template <Is<Forwarding> S, typename Visit>
void for_each_field(S& forwarding, Visit& visit) {
  visit("x_forwarded", forwarding.x_forwarded);
  visit("forwarded", forwarding.forwarded);
  visit("via", forwarding.via);
}

template <Is<Response> S, typename Visit>
void for_each_field(S& response, Visit& visit) {
  visit("status", response.status, number_from(200, 599));
  visit("content_type", response.content_type);
  visit("body", response.body);
  visit("body_size", response.body_size, size_from(0, limits::kPatternBodyBytes));
  visit("headers", response.headers);
  visit("shaping", response.shaping);
}

template <Is<KernelOptions> S, typename Visit>
void for_each_field(S& kernel, Visit& visit) {
  visit("backlog", kernel.backlog, number_from(1));
  visit("defer_accept_s", kernel.defer_accept_s, number_from(0, kTcpSecondsMax));
  visit("fastopen_queue", kernel.fastopen_queue);
  visit("busy_poll_us", kernel.busy_poll_us);
  visit("prefer_busy_poll", kernel.prefer_busy_poll);
  visit("nodelay", kernel.nodelay);
  visit("quickack", kernel.quickack);
  visit("keepalive_idle_s", kernel.keepalive_idle_s, number_from(1, kTcpSecondsMax));
  visit("keepalive_interval_s", kernel.keepalive_interval_s, number_from(1, kTcpSecondsMax));
  visit("keepalive_count", kernel.keepalive_count, number_from(1, kTcpKeepaliveCountMax));
  visit("send_buffer_bytes", kernel.send_buffer_bytes, size_from(1));
  visit("receive_buffer_bytes", kernel.receive_buffer_bytes, size_from(1));
  visit("incoming_cpu", kernel.incoming_cpu);
  visit("v6only", kernel.v6only);
  visit("transparent", kernel.transparent);
  visit("interface", kernel.interface);
}

template <Is<Listener> S, typename Visit>
void for_each_field(S& listener, Visit& visit) {
  visit("address", listener.address);
  visit("mode", listener.mode);
  visit("pool", listener.pool);
  visit("accept_mode", listener.accept_mode);
  visit("accept_proxy_protocol", listener.accept_proxy_protocol);
  visit("kernel", listener.kernel);
}

template <Is<Backend> S, typename Visit>
void for_each_field(S& backend, Visit& visit) {
  visit("address", backend.endpoint);
  visit("weight", backend.weight, number_from(0, limits::kBackendWeight));
  visit("max_connections", backend.max_connections);
  visit("backup", backend.backup);
  visit("state", backend.state);
}

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

template <Is<Ejection> S, typename Visit>
void for_each_field(S& ejection, Visit& visit) {
  visit("consecutive_failures", ejection.consecutive_failures);
  visit("base_time", ejection.base_time, kAnyTime);
  visit("max_time", ejection.max_time, kAnyTime);
  visit("allow_last", ejection.allow_last);
  visit("statuses", ejection.statuses);
}

template <Is<PoolTimeouts> S, typename Visit>
void for_each_field(S& timeouts, Visit& visit) {
  visit("connect", timeouts.connect, kAnyTime);
  visit("head", timeouts.head, kAnyTime);
  visit("body", timeouts.body, kAnyTime);
  visit("tunnel", timeouts.tunnel, kAnyTime);
  visit("queue", timeouts.queue, kAnyTime);
}

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

template <Is<Config> S, typename Visit>
void for_each_field(S& config, Visit& visit) {
  visit("accept_mode", config.accept_mode);
  visit("log_level", config.log_level);
  visit("max_connections", config.max_connections);
  visit("workers", config.workers);
  visit("client_keepalive", config.client_keepalive);
  visit("backend_keepalive", config.backend_keepalive);
  visit("client_timeouts", config.client_timeouts);
  visit("forwarding", config.forwarding);
  visit("response", config.response);
  visit("listeners", config.listeners);
  visit("pools", config.pools);
}

namespace detail {
struct AnyVisitor {
  template <typename T>
  void operator()(std::string_view, T&, const FieldForm& = {}) {}
};
}  // namespace detail

// A struct with named values of its own.
template <typename T>
concept Section = requires(T& object, detail::AnyVisitor& visit) {
  for_each_field(object, visit);
};

// A list whose elements have an identity: listeners, pools, backends.
template <typename T>
concept SectionList = requires(T& list) {
  requires Section<std::remove_reference_t<decltype(list.front())>>;
};

}  // namespace demo
