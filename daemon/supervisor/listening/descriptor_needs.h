#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "config/config.h"

namespace demo {

// How many descriptors processes may open, getrlimit(2).
struct DescriptorLimits {
  std::uint64_t supervisor = 0;
  std::uint64_t worker = 0;

  // Of this process, and of those that it starts.
  static DescriptorLimits of_this_process();
};

// What decides how many listening sockets there are.
struct ListeningPlan {
  const Config& config;
  std::size_t workers = 0;
};

// How many listening sockets that is, each worker's own counted.
std::uint64_t sockets_of(const ListeningPlan& plan);

// Whether the listening sockets of what is next fit into a process, with what else it needs: all of them into
// the supervisor, those of one worker into that (DescriptorBudget). What runs already is no reason to refuse
// another change. Error: kResourceExhausted, with the number of listeners that would fit. Pure.
Status check_in_supervisor(const ListeningPlan& running, const ListeningPlan& next,
                           const DescriptorLimits& limits);
Status check_in_worker(const ListeningPlan& running, const ListeningPlan& next,
                       const DescriptorLimits& limits);

}  // namespace demo
