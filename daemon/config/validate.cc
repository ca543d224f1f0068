#include "config/validate.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "config/forward_loops.h"
#include "config/message_size.h"
#include "config/own_rules.h"
#include "config/problems.h"

namespace demo {
namespace {

void validate_listeners(const Config& config, Problems problems) {
  // One whose name could not be read may be the one that is looked for.
  const bool all_pools_named = std::none_of(config.pools.begin(), config.pools.end(),
                                            [](const Pool& pool) { return pool.name.empty(); });
  std::set<std::string> seen;
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const Listener& listener = config.listeners[i];
    const std::string address = listener.address.to_string();
    Problems inner = problems.under_element("listeners", listener, i);
    const bool has_address = listener.address.family() != AF_UNSPEC;
    if (has_address && !seen.insert(address).second) {
      inner.add("address", address, "another listener has this address");
    }
    if (all_pools_named) check_pool_of(config, listener, inner);
  }
}

void validate_pools(const Config& config, Problems problems) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < config.pools.size(); ++i) {
    const Pool& pool = config.pools[i];
    if (!pool.name.empty() && !seen.insert(pool.name).second) {
      problems.under_element("pools", pool, i).add("name", pool.name, "another pool has this name");
    }
  }
}

}  // namespace

std::vector<Error> validate_counts(const Config& config) {
  std::vector<Error> found;
  const auto hold = [&found](std::string field, std::size_t count, std::size_t most, std::string_view what) {
    if (count <= most) return;
    found.push_back(invalid(std::move(field), std::to_string(count),
                            fmt::format("there are at most {} {}, not {}", most, what, count)));
  };
  const auto add_backends = [](std::size_t sum, const Pool& pool) { return sum + pool.backends.size(); };
  hold("listeners", config.listeners.size(), limits::kListeners, "listeners");
  hold("pools", config.pools.size(), limits::kPools, "pools");
  hold("pools", std::accumulate(config.pools.begin(), config.pools.end(), std::size_t{0}, add_backends),
       limits::kBackendMembers, "backends in all pools together");
  return found;
}

std::vector<Error> validate(const Config& config, const FieldPaths* unread, ElementNames names) {
  std::vector<Error> found = validate_counts(config);
  if (!found.empty()) return found;
  check_parts(config, Problems(found, unread, names));
  for (Error& problem : validate_whole(config, unread, names)) found.push_back(std::move(problem));
  return found;
}

std::vector<Error> validate_whole(const Config& config, const FieldPaths* unread, ElementNames names) {
  std::vector<Error> found = validate_counts(config);
  if (!found.empty()) return found;
  Problems problems(found, unread, names);
  if (const std::size_t bytes = message_size(config); bytes > limits::kConfigBytes) {
    problems.add("config", fmt::format("{} bytes", bytes),
                 fmt::format("the whole state has at most {} bytes as a message of the API, of which the "
                             "response's body has {}: shorten it, names or paths",
                             limits::kConfigBytes, config.response.body.size()));
  }
  validate_listeners(config, problems);
  validate_pools(config, problems);
  return found;
}

// Which addresses besides loopback are this host's is the supervisor's to know.
std::vector<Error> validate_forwarding(const Config& config) {
  std::vector<Error> found;
  Problems problems(found);
  for (const LoopingBackend& backend : find_configured_loops(config, {})) {
    problems.add(fmt::format("pools.{}.backends.{}.address", backend.pool, backend.endpoint),
                 backend.endpoint,
                 "the backend is a listener that forwards to this pool, which would never end");
  }
  return found;
}

}  // namespace demo
