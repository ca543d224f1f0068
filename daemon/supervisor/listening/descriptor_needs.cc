#include "supervisor/listening/descriptor_needs.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/counted.h"
#include "base/descriptor_budget.h"

namespace demo {
namespace {

// In the supervisor: the sockets of a listener, and the copy that is on its way to a worker.
std::uint64_t descriptors_for(const Listener& listener, const ListeningPlan& plan) {
  const AcceptMode mode = listener.accept_mode.value_or(plan.config.accept_mode);
  return (has_socket_per_worker(mode) && !listener.address.is_unix() ? plan.workers : 1) + 1;
}

std::uint64_t descriptors_for_all(const ListeningPlan& plan) {
  std::uint64_t sum = limits::kReservedDescriptors;
  for (const Listener& listener : plan.config.listeners) sum += descriptors_for(listener, plan);
  return sum;
}

// The first so many of the listeners fit into the supervisor.
std::size_t most_listeners(const ListeningPlan& plan, std::uint64_t limit) {
  std::uint64_t sum = limits::kReservedDescriptors;
  std::size_t count = 0;
  for (const Listener& listener : plan.config.listeners) {
    sum += descriptors_for(listener, plan);
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
  const std::size_t in_worker = DescriptorBudget{limits.worker, !next.config.pools.empty()}.most_listening();
  const bool worker_is_full = wanted > in_worker && wanted > running.config.listeners.size();
  const std::uint64_t needed = descriptors_for_all(next);
  const bool supervisor_is_full = needed > limits.supervisor && needed > descriptors_for_all(running);
  if (!worker_is_full && !supervisor_is_full) return {};
  const std::size_t most = std::min(in_worker, most_listeners(next, limits.supervisor));
  return Error{ErrorCode::kResourceExhausted,
               fmt::format("the limit of open files, {}, has no room for {} of {}, but for {}: raise it "
                           "(ulimit -n, systemd LimitNOFILE=)",
                           limits.worker, counted(wanted, "listener"), counted(next.workers, "worker"), most),
               "listeners", ""};
}

}  // namespace demo
