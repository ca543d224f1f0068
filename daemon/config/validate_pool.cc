#include "config/validate_pool.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "config/duration.h"
#include "config/status_set.h"

namespace demo {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
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

void check_own(const HealthCheck& health, Problems problems) {
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
}

void check_own(const Ejection& ejection, Problems problems) {
  if (problems.knows("base_time") && ejection.max_time < ejection.base_time) {
    problems.add("max_time", format_duration(ejection.max_time),
                 fmt::format("must not be shorter than base_time, {}", format_duration(ejection.base_time)));
  }
  if (!StatusSet::parse(ejection.statuses)) {
    problems.add(
        "statuses", ejection.statuses,
        fmt::format("must be statuses from {} to {} and ranges of them, such as 502,503,504 or 500-599",
                    StatusSet::kFirst, StatusSet::kLast));
  }
}

void check_own(const Backend& backend, Problems problems) {
  if (backend.endpoint.text.empty())
    problems.add("address", "", "a backend needs an address or a name with a port");
}

void check_own(const Pool& pool, Problems problems) {
  check_pool_name(problems, "name", pool.name);
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < pool.backends.size(); ++i) {
    const std::string& name = pool.backends[i].endpoint.text;
    if (!name.empty() && !seen.insert(name).second) {
      problems.under_element("backends", pool.backends[i], i)
          .add("address", name, "the pool has this backend twice");
    }
  }
}

}  // namespace demo
