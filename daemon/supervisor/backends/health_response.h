#pragma once

#include <string>
#include <string_view>

#include "config/pool.h"

namespace demo {

// What the beginning of a response to a health check tells so far.
struct HealthResponse {
  enum class Kind { kIncomplete, kStatus, kMalformed };
  Kind kind = Kind::kIncomplete;
  unsigned status = 0;  // the final one, RFC 9110 section 15; with kStatus

  bool operator==(const HealthResponse&) const = default;
};

// Reads the status line of an HTTP/1.0 or 1.1 response (RFC 9112 section 4), past interim (1xx) responses.
HealthResponse read_health_response(std::string_view received);

// Whether the status is the expected one, or any 2xx or 3xx when none is.
bool is_healthy_status(unsigned status, const HealthCheck& check);

// What a check sends first to a backend that expects PROXY headers: the relay speaks for itself (version 2:
// command LOCAL; version 1: UNKNOWN; haproxy.org, "The PROXY protocol", sections 2.1 and 2.2).
std::string_view health_proxy_header(SendProxyProtocol version);

// The request of an HTTP check; host is used when the check names none.
std::string health_request(const HealthCheck& check, std::string_view host);

}  // namespace demo
