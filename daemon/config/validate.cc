#include "config/validate.h"

#include <numeric>
#include <set>
#include <string>

#include "config/forward_loops.h"
#include "config/problems.h"
#include "config/validate_listener.h"
#include "config/validate_pool.h"
#include "config/validate_response.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// Whether the cores exist is the supervisor's to know.
void validate_workers(const WorkerPlan& workers, Problems problems) {
  if (workers.count) problems.require_range("count", *workers.count, 1U, limits::kWorkers);
  if (workers.cores.size() > limits::kWorkers) {
    problems.add("cores", fmt::format("{} cores", workers.cores.size()),
                 fmt::format("there are at most {} workers", limits::kWorkers));
  }
  std::set<unsigned> seen;
  for (const unsigned core : workers.cores) {
    if (!seen.insert(core).second) problems.add("cores", std::to_string(core), "a core is given twice");
  }
}

void validate_traffic(const Config& config, Problems problems) {
  problems.require_duration("client_keepalive.idle_timeout", config.client_keepalive.idle_timeout,
                            milliseconds(1));
  problems.require_duration("backend_keepalive.idle_timeout", config.backend_keepalive.idle_timeout,
                            milliseconds(1));
  const ClientTimeouts& timeouts = config.client_timeouts;
  Problems inner = problems.under("client_timeouts");
  inner.require_duration("head", timeouts.head, milliseconds(1));
  inner.require_duration("body", timeouts.body, milliseconds(1));
  inner.require_duration("request", timeouts.request, milliseconds(1));
  inner.require_duration("write", timeouts.write, milliseconds(1));
  if (timeouts.request < timeouts.head) {
    inner.add("request", format_duration(timeouts.request), "must not be shorter than client_timeouts.head");
  }
}

void validate_listeners(const Config& config, Problems problems) {
  if (config.listeners.size() > limits::kListeners) {
    problems.add("listeners", fmt::format("{} listeners", config.listeners.size()),
                 fmt::format("there are at most {}", limits::kListeners));
  }
  std::set<std::string> seen;
  for (const Listener& listener : config.listeners) {
    const std::string address = listener.address.to_string();
    Problems inner = problems.under("listeners." + address);
    if (!seen.insert(address).second) inner.add("address", address, "another listener has this address");
    validate_listener(config, listener, inner);
  }
}

void validate_pools(const Config& config, Problems problems) {
  if (config.pools.size() > limits::kPools) {
    problems.add("pools", fmt::format("{} pools", config.pools.size()),
                 fmt::format("there are at most {}", limits::kPools));
  }
  const auto add_backends = [](std::size_t sum, const Pool& pool) { return sum + pool.backends.size(); };
  const std::size_t backends =
      std::accumulate(config.pools.begin(), config.pools.end(), std::size_t{0}, add_backends);
  if (backends > limits::kBackendMembers) {
    problems.add("pools", fmt::format("{} backends", backends),
                 fmt::format("there are at most {} in all pools together", limits::kBackendMembers));
  }
  std::set<std::string_view> seen;
  for (const Pool& pool : config.pools) {
    Problems inner = problems.under("pools." + pool.name);
    if (!seen.insert(pool.name).second) inner.add("name", pool.name, "another pool has this name");
    validate_pool(pool, inner);
  }
}

}  // namespace

std::vector<Error> validate(const Config& config) {
  std::vector<Error> found;
  Problems problems(found);
  validate_workers(config.workers, problems.under("workers"));
  validate_traffic(config, problems);
  validate_response(config.response, problems.under("response"));
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
