#include "supervisor/backends/health_response.h"

#include <fmt/format.h>

#include <algorithm>

namespace demo {
namespace {

// "HTTP/1.x NNN": 'x' and 'N' stand for digits.
constexpr std::string_view kStatusLinePattern = "HTTP/1.x NNN";
constexpr std::size_t kStatusPosition = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool fits_pattern(char c, char pattern) {
  if (pattern == 'x' || pattern == 'N') return is_digit(c);
  return c == pattern;
}

}  // namespace

HealthResponse read_health_response(std::string_view received) {
  constexpr HealthResponse kMalformed{HealthResponse::Kind::kMalformed, 0};
  for (;;) {
    const std::size_t known = std::min(received.size(), kStatusLinePattern.size());
    if (!std::equal(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(known),
                    kStatusLinePattern.begin(), fits_pattern)) {
      return kMalformed;
    }
    if (received.size() <= kStatusLinePattern.size()) return {};
    const char after = received[kStatusLinePattern.size()];
    if (after != ' ' && after != '\r' && after != '\n') return kMalformed;
    unsigned status = 0;
    for (const char digit : received.substr(kStatusPosition, 3)) {
      status = status * 10 + static_cast<unsigned>(digit - '0');
    }
    if (status < 100 || status > 599) return kMalformed;
    if (status >= 200) return {HealthResponse::Kind::kStatus, status};
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string_view::npos) return {};
    received.remove_prefix(end + 4);
  }
}

bool is_healthy_status(unsigned status, const HealthCheck& check) {
  if (check.expected_status != 0) return status == check.expected_status;
  return status >= 200 && status <= 399;
}

std::string_view health_proxy_header(SendProxyProtocol version) {
  using namespace std::string_view_literals;
  switch (version) {
    case SendProxyProtocol::kOff:
      return {};
    case SendProxyProtocol::kV1:
      return "PROXY UNKNOWN\r\n"sv;
    case SendProxyProtocol::kV2:
      // Version 2 and LOCAL, no family, nothing follows.
      return "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"sv;
  }
  return {};
}

std::string health_request(const HealthCheck& check, std::string_view host) {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: demo-server-health\r\nConnection: close\r\n\r\n",
      check.path, check.host.empty() ? host : std::string_view(check.host));
}

}  // namespace demo
