#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "config/pool.h"
#include "proxy/maglev_table.h"

namespace demo {

// Chooses one of a pool's members for a request. Keeps what its policy remembers between requests (a cursor,
// a hash table, a random state), nothing about connections. Pure; one a pool and worker.
class Balancer {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // What lasts about a member. key: hash of its identity.
  using Member = MaglevTable::Member;

  // What the moment says about a member, in the order of the members.
  struct Candidate {
    std::uint64_t load = 0;  // requests in flight in all workers; looked at by policies that needs_load()
    unsigned weight = 1;     // in force now (slow start), any common scale
    bool eligible = true;    // may be chosen
  };

  // worker: index; keeps the workers' cursors out of step.
  explicit Balancer(unsigned worker);

  // Takes over a policy and members. Cursors of members that stay (same key) go on where they were.
  void configure(BalancePolicy policy, std::span<const Member> members);

  bool needs_load() const {
    return policy_ == BalancePolicy::kLeastConnections || policy_ == BalancePolicy::kRandomTwoChoices;
  }

  // The chosen index, kNone when nobody is eligible with a weight above 0. candidates: as many as members.
  // hash: of what the policy goes by; ignored by the others.
  std::size_t choose(std::span<const Candidate> candidates, std::uint64_t hash);

 private:
  std::size_t next_in_turn(std::span<const Candidate> candidates);
  std::size_t least_loaded(std::span<const Candidate> candidates);
  std::size_t better_of_two(std::span<const Candidate> candidates);
  std::size_t at_random(std::span<const Candidate> candidates, std::size_t except);
  std::size_t by_hash(std::span<const Candidate> candidates, std::uint64_t hash) const;
  std::uint64_t next_random();

  const unsigned worker_;
  BalancePolicy policy_ = BalancePolicy::kRoundRobin;
  std::vector<Member> members_;
  std::vector<std::int64_t> cursors_;  // smooth weighted round robin: each member's claim
  MaglevTable table_;
  std::uint64_t random_;
};

}  // namespace demo
