#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"

namespace demo {

// Persistent connections with clients (RFC 9112 section 9.3).
struct ClientKeepalive {
  bool enabled = false;
  std::chrono::milliseconds idle_timeout = limits::kClientIdleTimeout;
  std::uint64_t max_requests = 0;  // per connection; 0: no limit
  bool operator==(const ClientKeepalive&) const = default;
};

// Pooled connections with backends.
struct BackendKeepalive {
  bool enabled = true;
  std::chrono::milliseconds idle_timeout = limits::kBackendIdleTimeout;
  bool operator==(const BackendKeepalive&) const = default;
};

// Time-outs of client connections, for server and proxy mode alike.
struct ClientTimeouts {
  std::chrono::milliseconds head = limits::kClientHeadTimeout;
  std::chrono::milliseconds body = limits::kClientBodyTimeout;
  std::chrono::milliseconds request = limits::kClientRequestTimeout;
  std::chrono::milliseconds write = limits::kClientWriteTimeout;
  bool operator==(const ClientTimeouts&) const = default;
};

// What server mode answers.
struct Response {
  unsigned status = 200;
  std::string content_type = "text/plain";
  std::string body = "OK\n";    // used when body_size is 0
  std::uint64_t body_size = 0;  // bytes of a repeated pattern, up to limits::kPatternBodyBytes
  std::vector<std::pair<std::string, std::string>> headers;  // extra fields
  bool shaping = true;  // a request's query may ask for size, status, delay, close, chunked
  bool operator==(const Response&) const = default;
};

// What the proxy adds to a forwarded head.
struct Forwarding {
  bool x_forwarded = false;  // X-Forwarded-For, -Proto, -Host
  bool forwarded = false;    // Forwarded (RFC 7239)
  bool via = false;          // Via (RFC 9110 section 7.6.3)
  bool operator==(const Forwarding&) const = default;
};

}  // namespace demo
