#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "balance/balancer.h"
#include "config/pool.h"

namespace demo {

// worker: index of this worker among all; keeps the turns of workers out of step.
std::unique_ptr<Balancer> make_round_robin(unsigned worker);
std::unique_ptr<Balancer> make_least_connections(unsigned worker);
std::unique_ptr<Balancer> make_random_two_choices(unsigned worker);
std::unique_ptr<Balancer> make_consistent_hash(unsigned worker);

// What of a request a policy hashes.
enum class HashedPart : std::uint8_t { kNothing, kClientAddress, kTarget };

struct PolicyEntry {
  BalancePolicy policy;
  HashedPart hashed;
  std::unique_ptr<Balancer> (*make)(unsigned worker);
};

// All policies. To add one: its value and word in config/pool.h, its value in choices.proto, its file here,
// its line here.
inline constexpr std::array kPolicyTable{
    PolicyEntry{BalancePolicy::kRoundRobin, HashedPart::kNothing, make_round_robin},
    PolicyEntry{BalancePolicy::kLeastConnections, HashedPart::kNothing, make_least_connections},
    PolicyEntry{BalancePolicy::kRandomTwoChoices, HashedPart::kNothing, make_random_two_choices},
    PolicyEntry{BalancePolicy::kSourceHash, HashedPart::kClientAddress, make_consistent_hash},
    PolicyEntry{BalancePolicy::kUriHash, HashedPart::kTarget, make_consistent_hash},
};

// Aborts for a policy without an entry.
constexpr const PolicyEntry& policy_entry(BalancePolicy policy) {
  for (const PolicyEntry& entry : kPolicyTable) {
    if (entry.policy == policy) return entry;
  }
  std::abort();
}

}  // namespace demo
