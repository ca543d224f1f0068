#include "supervisor/listening/descriptor_needs.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/counted.h"
#include "base/descriptor_budget.h"
#include "base/descriptor_shortage.h"

namespace demo {
namespace {

// Sockets of a listener, in the supervisor.
std::uint64_t sockets_of(const Listener& listener, const ListeningPlan& plan) {
  const AcceptMode mode = listener.accept_mode.value_or(plan.config.accept_mode);
  return has_socket_per_worker(mode) && !listener.address.is_unix() ? plan.workers : 1;
}

std::uint64_t descriptors_of(const ListeningPlan& plan) {
  return limits::kReservedDescriptors + demo::sockets_of(plan);
}

// The first so many of the listeners fit into the supervisor.
std::size_t within_supervisor(std::uint64_t limit, const ListeningPlan& plan) {
  std::uint64_t sum = limits::kReservedDescriptors;
  std::size_t count = 0;
  for (const Listener& listener : plan.config.listeners) {
    sum += sockets_of(listener, plan);
    if (sum > limit) break;
    ++count;
  }
  return count;
}

std::size_t within_worker(std::uint64_t limit, const ListeningPlan& plan) {
  return DescriptorBudget{limit, !plan.config.pools.empty()}.most_listeners();
}

// What does not fit, and how many listeners would: left out where as many run already.
Error too_many(const ListeningPlan& running, const ListeningPlan& next, const DescriptorLimits& limits,
               const std::string& where) {
  const std::size_t most =
      std::min(within_supervisor(limits.supervisor, next), within_worker(limits.worker, next));
  const std::string enough =
      most > running.config.listeners.size() ? fmt::format(", enough for {}", most) : std::string();
  return {ErrorCode::kResourceExhausted,
          fmt::format("{} of {} do not fit: {}{}; {}", counted(next.config.listeners.size(), "listener"),
                      counted(next.workers, "worker"), where, enough, kRaiseDescriptorLimit),
          "listeners", ""};
}

}  // namespace

std::uint64_t sockets_of(const ListeningPlan& plan) {
  std::uint64_t sum = 0;
  for (const Listener& listener : plan.config.listeners) sum += sockets_of(listener, plan);
  return sum;
}

DescriptorLimits DescriptorLimits::of_this_process() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return {limit.rlim_cur, limit.rlim_max};
}

Status check_in_supervisor(const ListeningPlan& running, const ListeningPlan& next,
                           const DescriptorLimits& limits) {
  const std::uint64_t needed = descriptors_of(next);
  if (needed <= limits.supervisor || needed <= descriptors_of(running)) return {};
  return too_many(running, next, limits,
                  fmt::format("the supervisor may open {} descriptors", limits.supervisor));
}

Status check_in_worker(const ListeningPlan& running, const ListeningPlan& next,
                       const DescriptorLimits& limits) {
  const std::size_t wanted = next.config.listeners.size();
  if (wanted <= within_worker(limits.worker, next) || wanted <= running.config.listeners.size()) return {};
  return too_many(running, next, limits, fmt::format("a worker may open {} descriptors", limits.worker));
}

}  // namespace demo
