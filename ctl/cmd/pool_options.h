#pragma once

namespace demo::ctl {

// A setting of a pool as add-pool and set-pool take it.
struct PoolOption {
  const char* option;
  const char* field;  // below Pool
  const char* help;
  const char* placeholder;  // empty: what the field's type says
};

inline constexpr PoolOption kPoolOptions[] = {
    {"--policy", "policy", "how a backend is chosen (default round-robin)", ""},
    {"--health", "health.kind", "active checks (default none)", ""},
    {"--health-path", "health.path", "what an HTTP check asks for (default /)", "PATH"},
    {"--health-host", "health.host", "Host field of an HTTP check (default the endpoint)", "NAME"},
    {"--health-status", "health.expected_status", "status that an HTTP check expects, 0 for any 2xx or 3xx",
     ""},
    {"--health-interval", "health.interval", "time between two checks (default 2s)", ""},
    {"--health-timeout", "health.timeout", "a longer check has failed (default 1s)", ""},
    {"--health-rise", "health.rise", "successes in a row until up (default 2)", ""},
    {"--health-fall", "health.fall", "failures in a row until down (default 3)", ""},
    {"--eject-after", "ejection.consecutive_failures",
     "failures in a row until ejected, 0 for never (default 5)", ""},
    {"--eject-statuses", "ejection.statuses",
     "responses that count as failures, as 429,500-599 (default 502,503,504)", "STATUSES"},
    {"--eject-time", "ejection.base_time", "length of the first ejection (default 5s)", ""},
    {"--eject-max-time", "ejection.max_time", "the longest ejection (default 5m)", ""},
    {"--eject-last", "ejection.allow_last", "whether the last usable backend may be ejected (default off)",
     ""},
    {"--send-proxy-protocol", "send_proxy_protocol", "PROXY header to the backends (default off)", ""},
    {"--connect-timeout", "timeouts.connect", "time to connect (default 5s)", ""},
    {"--head-timeout", "timeouts.head", "time until the head of a response is there (default 60s)", ""},
    {"--body-timeout", "timeouts.body", "time until the next byte of a body is there (default 60s)", ""},
    {"--tunnel-timeout", "timeouts.tunnel", "idle time of a tunnel or tcp relay (default 1h)", ""},
    {"--queue-timeout", "timeouts.queue", "wait for a backend below its limit (default 5s)", ""},
    {"--queue-limit", "queue_limit", "requests that one worker lets wait (default 256)", ""},
    {"--abort-on-close", "abort_on_close",
     "whether a client that ends its side while it waits has left (default on)", ""},
    {"--slow-start", "slow_start", "time to full weight for a backend that came up (default 0)", ""},
    {"--resolve-interval", "resolve_interval", "look host names up again after this (default 30s)", ""},
};

}  // namespace demo::ctl
