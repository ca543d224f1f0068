#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/address.h"
#include "base/enum_words.h"
#include "base/limits.h"
#include "config/accept_mode.h"
#include "config/field_form.h"

namespace demo {

// What a listener does with a connection.
enum class ListenerMode : std::uint8_t {
  kAuto,    // answers by itself until its pool is given a backend, proxies from then on: config/auto_mode.h
  kServer,  // answers by itself
  kProxy,   // forwards HTTP requests to its pool
  kTcp,     // relays bytes to its pool (layer 4)
  kRaw,     // 200 OK to any bytes, unparsed
};

template <>
inline constexpr auto kWordsOf<ListenerMode> = enum_words<ListenerMode>({{ListenerMode::kAuto, "auto"},
                                                                         {ListenerMode::kServer, "server"},
                                                                         {ListenerMode::kProxy, "proxy"},
                                                                         {ListenerMode::kTcp, "tcp"},
                                                                         {ListenerMode::kRaw, "raw"}});

// What tcp(7) takes for TCP_DEFER_ACCEPT, TCP_KEEPIDLE and TCP_KEEPINTVL, and for TCP_KEEPCNT.
inline constexpr std::uint64_t kTcpSecondsMax = 32'767;
inline constexpr std::uint64_t kTcpKeepaliveCountMax = 127;

// Socket options of a listener; unset means the kernel's default. Names follow socket(7), tcp(7), ip(7).
struct KernelOptions {
  int backlog = limits::kBacklog;           // listen(2); the kernel caps it at net.core.somaxconn
  std::optional<int> defer_accept_s;        // TCP_DEFER_ACCEPT, seconds
  std::optional<int> fastopen_queue;        // TCP_FASTOPEN, pending requests
  std::optional<int> busy_poll_us;          // SO_BUSY_POLL, microseconds
  std::optional<bool> prefer_busy_poll;     // SO_PREFER_BUSY_POLL
  bool nodelay = true;                      // TCP_NODELAY
  std::optional<bool> quickack;             // TCP_QUICKACK
  std::optional<int> keepalive_idle_s;      // SO_KEEPALIVE with TCP_KEEPIDLE
  std::optional<int> keepalive_interval_s;  // TCP_KEEPINTVL
  std::optional<int> keepalive_count;       // TCP_KEEPCNT
  std::optional<int> send_buffer_bytes;     // SO_SNDBUF
  std::optional<int> receive_buffer_bytes;  // SO_RCVBUF
  std::optional<int> incoming_cpu;          // SO_INCOMING_CPU
  std::optional<bool> v6only;               // IPV6_V6ONLY
  std::optional<bool> transparent;          // IP_TRANSPARENT
  std::string interface;                    // SO_BINDTODEVICE; empty: any
  bool operator==(const KernelOptions&) const = default;
};

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

// A desired listening address and what to do there. Identity: the address.
struct Listener {
  Address address;
  ListenerMode mode = ListenerMode::kAuto;
  std::string pool = "default";           // used by auto, proxy and tcp
  std::optional<AcceptMode> accept_mode;  // unset: the daemon's
  bool accept_proxy_protocol = false;     // a PROXY v1 or v2 header starts every connection
  KernelOptions kernel;
  // Mode auto was decided to forward. Kept with the state, never set by people: not among the fields.
  bool auto_forwards = false;
  bool operator==(const Listener&) const = default;
};

template <Is<Listener> S, typename Visit>
void for_each_field(S& listener, Visit& visit) {
  visit("address", listener.address);
  visit("mode", listener.mode);
  visit("pool", listener.pool);
  visit("accept_mode", listener.accept_mode);
  visit("accept_proxy_protocol", listener.accept_proxy_protocol);
  visit("kernel", listener.kernel);
}

// Whether listeners of the mode hand on what comes; mode auto is decided by the pool's backends.
bool forwards(ListenerMode mode);

// Whether it cannot be without its pool; in mode auto it can.
bool needs_pool(const Listener& listener);

}  // namespace demo
