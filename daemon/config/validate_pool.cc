#include "config/validate_pool.h"

#include <algorithm>
#include <set>

#include "config/status_set.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

constexpr unsigned kChecksInRowMax = 1000;
constexpr milliseconds kShortestCheckInterval{10};
constexpr milliseconds kShortestResolveInterval{1000};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void validate_health(const HealthCheck& health, Problems problems) {
  const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
  if (!health.path.starts_with('/') || !std::all_of(health.path.begin(), health.path.end(), is_visible)) {
    problems.add("path", health.path, "must start with / and hold no blanks or control characters");
  }
  if (health.path.size() > limits::kTargetSizeBytes) {
    problems.add("path", health.path, fmt::format("has at most {} bytes", limits::kTargetSizeBytes));
  }
  if (!std::all_of(health.host.begin(), health.host.end(), is_visible) || health.host.size() > 255) {
    problems.add("host", health.host, "must be a host name or address, with a port if need be");
  }
  if (health.expected_status != 0)
    problems.require_range("expected_status", health.expected_status, 200U, 599U);
  problems.require_duration("interval", health.interval, kShortestCheckInterval);
  problems.require_duration("timeout", health.timeout, milliseconds(1));
  problems.require_range("rise", health.rise, 1U, kChecksInRowMax);
  problems.require_range("fall", health.fall, 1U, kChecksInRowMax);
}

void validate_ejection(const Ejection& ejection, Problems problems) {
  problems.require_duration("base_time", ejection.base_time, milliseconds(1));
  problems.require_duration("max_time", ejection.max_time, milliseconds(1));
  if (ejection.max_time < ejection.base_time) {
    problems.add("max_time", format_duration(ejection.max_time), "must not be shorter than base_time");
  }
  if (!StatusSet::parse(ejection.statuses)) {
    problems.add(
        "statuses", ejection.statuses,
        fmt::format("must be statuses from {} to {} and ranges of them, such as 502,503,504 or 500-599",
                    StatusSet::kFirst, StatusSet::kLast));
  }
}

void validate_timeouts(const PoolTimeouts& timeouts, Problems problems) {
  problems.require_duration("connect", timeouts.connect, milliseconds(1));
  problems.require_duration("head", timeouts.head, milliseconds(1));
  problems.require_duration("body", timeouts.body, milliseconds(1));
  problems.require_duration("tunnel", timeouts.tunnel, milliseconds(1));
  problems.require_duration("queue", timeouts.queue, milliseconds(1));
}

void validate_backends(const Pool& pool, Problems problems) {
  std::set<std::string_view> seen;
  for (const Backend& backend : pool.backends) {
    Problems inner = problems.under(backend.endpoint.text);
    if (backend.endpoint.text.empty())
      inner.add("address", "", "a backend needs an address or a name with a port");
    if (!seen.insert(backend.endpoint.text).second) {
      inner.add("address", backend.endpoint.text, "the pool has this backend twice");
    }
    inner.require_range("weight", backend.weight, 0U, limits::kBackendWeight);
  }
}

}  // namespace

void check_pool_name(Problems& problems, std::string_view field, const std::string& name) {
  const bool good =
      !name.empty() && is_letter_or_digit(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
        return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
      });
  if (!good) {
    problems.add(field, name,
                 "a pool's name holds letters, digits, '.', '_' and '-', and starts with a letter or digit");
  } else if (name.size() > limits::kNameBytes) {
    problems.add(field, name, fmt::format("a pool's name has at most {} bytes", limits::kNameBytes));
  }
}

void validate_pool(const Pool& pool, Problems problems) {
  check_pool_name(problems, "name", pool.name);
  validate_backends(pool, problems.under("backends"));
  validate_health(pool.health, problems.under("health"));
  validate_ejection(pool.ejection, problems.under("ejection"));
  validate_timeouts(pool.timeouts, problems.under("timeouts"));
  problems.require_duration("slow_start", pool.slow_start, milliseconds(0));
  problems.require_duration("resolve_interval", pool.resolve_interval, kShortestResolveInterval);
}

}  // namespace demo
