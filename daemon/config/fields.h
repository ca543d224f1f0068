#pragma once

#include <concepts>
#include <type_traits>

#include "config/config.h"

// Every value of the desired state by name: the one list from which the file's keys, the differences and the
// messages are made. for_each_field(object, visit) calls visit(name, member) or visit(name, member, unit) for
// each member, nested structs and lists included, in the order in which people read them.
namespace demo {

// How a number is written by people.
enum class FieldUnit { kNone, kBytes };

template <typename S, typename T>
concept Is = std::same_as<std::remove_const_t<S>, T>;

template <Is<WorkerPlan> S, typename Visit>
void for_each_field(S& workers, Visit& visit) {
  visit("count", workers.count);
  visit("start_core", workers.start_core);
  visit("cores", workers.cores);
}

template <Is<ClientKeepalive> S, typename Visit>
void for_each_field(S& keepalive, Visit& visit) {
  visit("enabled", keepalive.enabled);
  visit("idle_timeout", keepalive.idle_timeout);
  visit("max_requests", keepalive.max_requests);
}

template <Is<BackendKeepalive> S, typename Visit>
void for_each_field(S& keepalive, Visit& visit) {
  visit("enabled", keepalive.enabled);
  visit("idle_timeout", keepalive.idle_timeout);
}

template <Is<ClientTimeouts> S, typename Visit>
void for_each_field(S& timeouts, Visit& visit) {
  visit("head", timeouts.head);
  visit("body", timeouts.body);
  visit("request", timeouts.request);
  visit("write", timeouts.write);
}

template <Is<Forwarding> S, typename Visit>
void for_each_field(S& forwarding, Visit& visit) {
  visit("x_forwarded", forwarding.x_forwarded);
  visit("forwarded", forwarding.forwarded);
  visit("via", forwarding.via);
}

template <Is<Response> S, typename Visit>
void for_each_field(S& response, Visit& visit) {
  visit("status", response.status);
  visit("content_type", response.content_type);
  visit("body", response.body);
  visit("body_size", response.body_size, FieldUnit::kBytes);
  visit("headers", response.headers);
  visit("shaping", response.shaping);
}

template <Is<KernelOptions> S, typename Visit>
void for_each_field(S& kernel, Visit& visit) {
  visit("backlog", kernel.backlog);
  visit("defer_accept_s", kernel.defer_accept_s);
  visit("fastopen_queue", kernel.fastopen_queue);
  visit("busy_poll_us", kernel.busy_poll_us);
  visit("prefer_busy_poll", kernel.prefer_busy_poll);
  visit("nodelay", kernel.nodelay);
  visit("quickack", kernel.quickack);
  visit("keepalive_idle_s", kernel.keepalive_idle_s);
  visit("keepalive_interval_s", kernel.keepalive_interval_s);
  visit("keepalive_count", kernel.keepalive_count);
  visit("send_buffer_bytes", kernel.send_buffer_bytes, FieldUnit::kBytes);
  visit("receive_buffer_bytes", kernel.receive_buffer_bytes, FieldUnit::kBytes);
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
  visit("weight", backend.weight);
  visit("max_connections", backend.max_connections);
  visit("backup", backend.backup);
  visit("state", backend.state);
}

template <Is<HealthCheck> S, typename Visit>
void for_each_field(S& health, Visit& visit) {
  visit("kind", health.kind);
  visit("path", health.path);
  visit("host", health.host);
  visit("expected_status", health.expected_status);
  visit("interval", health.interval);
  visit("timeout", health.timeout);
  visit("rise", health.rise);
  visit("fall", health.fall);
}

template <Is<Ejection> S, typename Visit>
void for_each_field(S& ejection, Visit& visit) {
  visit("consecutive_failures", ejection.consecutive_failures);
  visit("base_time", ejection.base_time);
  visit("max_time", ejection.max_time);
  visit("allow_last", ejection.allow_last);
  visit("statuses", ejection.statuses);
}

template <Is<PoolTimeouts> S, typename Visit>
void for_each_field(S& timeouts, Visit& visit) {
  visit("connect", timeouts.connect);
  visit("head", timeouts.head);
  visit("body", timeouts.body);
  visit("tunnel", timeouts.tunnel);
  visit("queue", timeouts.queue);
}

template <Is<Pool> S, typename Visit>
void for_each_field(S& pool, Visit& visit) {
  visit("name", pool.name);
  visit("policy", pool.policy);
  visit("send_proxy_protocol", pool.send_proxy_protocol);
  visit("slow_start", pool.slow_start);
  visit("resolve_interval", pool.resolve_interval);
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
  void operator()(std::string_view, T&, FieldUnit = FieldUnit::kNone) {}
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
