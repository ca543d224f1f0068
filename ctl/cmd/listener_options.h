#pragma once

#include <string_view>

namespace demo::ctl {

// A socket option of a listener as add-listener and set-listener take it.
struct KernelOption {
  const char* option;
  const char* field;  // in KernelOptions
  const char* help;
};

inline constexpr KernelOption kKernelOptions[] = {
    {"--backlog", "backlog", "length of the accept queue (default 4096)"},
    {"--defer-accept", "defer_accept", "accept once data is there, whole seconds (TCP_DEFER_ACCEPT)"},
    {"--fastopen-queue", "fastopen_queue", "pending TCP Fast Open requests (TCP_FASTOPEN)"},
    {"--busy-poll", "busy_poll", "poll the device for this long, whole microseconds (SO_BUSY_POLL)"},
    {"--prefer-busy-poll", "prefer_busy_poll", "keep interrupts off while polling (SO_PREFER_BUSY_POLL)"},
    {"--nodelay", "nodelay", "send small segments at once (TCP_NODELAY, default on)"},
    {"--quickack", "quickack", "acknowledge at once (TCP_QUICKACK)"},
    {"--keepalive-idle", "keepalive_idle", "first probe of an idle connection after this (TCP_KEEPIDLE)"},
    {"--keepalive-interval", "keepalive_interval", "time between probes (TCP_KEEPINTVL)"},
    {"--keepalive-count", "keepalive_count", "probes without an answer until it is dead (TCP_KEEPCNT)"},
    {"--send-buffer", "send_buffer_bytes", "send buffer (SO_SNDBUF)"},
    {"--receive-buffer", "receive_buffer_bytes", "receive buffer (SO_RCVBUF)"},
    {"--incoming-cpu", "incoming_cpu", "prefer packets that this core took (SO_INCOMING_CPU)"},
    {"--v6only", "v6only", "no IPv4 on an IPv6 address (IPV6_V6ONLY)"},
    {"--transparent", "transparent", "accept for foreign addresses (IP_TRANSPARENT)"},
};

}  // namespace demo::ctl
