#include "supervisor/listening/descriptor_needs.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/counted.h"
#include "base/descriptor_budget.h"

namespace demo {
namespace {

// Sockets of a listener, in the supervisor.
std::uint64_t sockets_of(const Listener& listener, const ListeningPlan& plan) {
  const AcceptMode mode = listener.accept_mode.value_or(plan.config.accept_mode);
  return has_socket_per_worker(mode) && !listener.address.is_unix() ? plan.workers : 1;
}

std::uint64_t descriptors_of(const ListeningPlan& plan) {
  std::uint64_t sum = limits::kReservedDescriptors;
  for (const Listener& listener : plan.config.listeners) sum += sockets_of(listener, plan);
  return sum;
}

// The first so many of the listeners fit into the supervisor.
std::size_t listeners_within(std::uint64_t limit, const ListeningPlan& plan) {
  std::uint64_t sum = limits::kReservedDescriptors;
  std::size_t count = 0;
  for (const Listener& listener : plan.config.listeners) {
    sum += sockets_of(listener, plan);
    if (sum > limit) break;
    ++count;
  }
  return count;
}

}  // namespace

DescriptorLimits DescriptorLimits::of_this_process() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return {limit.rlim_cur, limit.rlim_max};
}

Status check_descriptors(const ListeningPlan& running, const ListeningPlan& next,
                         const DescriptorLimits& limits) {
  const std::size_t wanted = next.config.listeners.size();
  const std::size_t in_worker = DescriptorBudget{limits.worker, !next.config.pools.empty()}.most_listeners();
  const bool worker_is_full = wanted > in_worker && wanted > running.config.listeners.size();
  const std::uint64_t needed = descriptors_of(next);
  const bool supervisor_is_full = needed > limits.supervisor && needed > descriptors_of(running);
  if (!worker_is_full && !supervisor_is_full) return {};
  const std::size_t most = std::min(in_worker, listeners_within(limits.supervisor, next));
  return Error{ErrorCode::kResourceExhausted,
               fmt::format("the limit of open files, {}, has no room for {} of {}, but for {}: raise it "
                           "(ulimit -n, systemd LimitNOFILE=)",
                           limits.worker, counted(wanted, "listener"), counted(next.workers, "worker"), most),
               "listeners", ""};
}

}  // namespace demo
