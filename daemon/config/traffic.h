#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "config/field_form.h"

namespace demo {

// Persistent connections with clients (RFC 9112 section 9.3).
struct ClientKeepalive {
  bool enabled = false;
  std::chrono::milliseconds idle_timeout = limits::kClientIdleTimeout;
  std::uint64_t max_requests = 0;  // per connection; 0: no limit
  bool operator==(const ClientKeepalive&) const = default;
};

template <Is<ClientKeepalive> S, typename Visit>
void for_each_field(S& keepalive, Visit& visit) {
  visit("enabled", keepalive.enabled);
  visit("idle_timeout", keepalive.idle_timeout, kAnyTime);
  visit("max_requests", keepalive.max_requests);
}

// Pooled connections with backends.
struct BackendKeepalive {
  bool enabled = true;
  std::chrono::milliseconds idle_timeout = limits::kBackendIdleTimeout;
  bool operator==(const BackendKeepalive&) const = default;
};

template <Is<BackendKeepalive> S, typename Visit>
void for_each_field(S& keepalive, Visit& visit) {
  visit("enabled", keepalive.enabled);
  visit("idle_timeout", keepalive.idle_timeout, kAnyTime);
}

// Time-outs of client connections, for server and proxy mode alike.
struct ClientTimeouts {
  std::chrono::milliseconds head = limits::kClientHeadTimeout;
  std::chrono::milliseconds body = limits::kClientBodyTimeout;
  std::chrono::milliseconds request = limits::kClientRequestTimeout;
  std::chrono::milliseconds write = limits::kClientWriteTimeout;
  bool operator==(const ClientTimeouts&) const = default;
};

template <Is<ClientTimeouts> S, typename Visit>
void for_each_field(S& timeouts, Visit& visit) {
  visit("head", timeouts.head, kAnyTime);
  visit("body", timeouts.body, kAnyTime);
  visit("request", timeouts.request, kAnyTime);
  visit("write", timeouts.write, kAnyTime);
}

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

template <Is<Response> S, typename Visit>
void for_each_field(S& response, Visit& visit) {
  visit("status", response.status, number_from(200, 599));
  visit("content_type", response.content_type);
  visit("body", response.body);
  visit("body_size", response.body_size, size_from(0, limits::kPatternBodyBytes));
  visit("headers", response.headers);
  visit("shaping", response.shaping);
}

// What the proxy adds to a forwarded head.
struct Forwarding {
  bool x_forwarded = false;  // X-Forwarded-For, -Proto, -Host
  bool forwarded = false;    // Forwarded (RFC 7239)
  bool via = false;          // Via (RFC 9110 section 7.6.3)
  bool operator==(const Forwarding&) const = default;
};

template <Is<Forwarding> S, typename Visit>
void for_each_field(S& forwarding, Visit& visit) {
  visit("x_forwarded", forwarding.x_forwarded);
  visit("forwarded", forwarding.forwarded);
  visit("via", forwarding.via);
}

}  // namespace demo
