#include "proxy/balancer.h"

#include <algorithm>

#include "proxy/hashing.h"

namespace demo {
namespace {

constexpr unsigned kHashProbes = 32;

bool may_take(const Balancer::Candidate& candidate) { return candidate.eligible && candidate.weight > 0; }

// Whether a has less load for its weight than b, without division.
bool lighter(const Balancer::Candidate& a, const Balancer::Candidate& b) {
  return (a.load + 1) * b.weight < (b.load + 1) * a.weight;
}

}  // namespace

Balancer::Balancer(unsigned worker) : worker_(worker), random_(mix_bits(worker)) {}

void Balancer::configure(BalancePolicy policy, std::span<const Member> members) {
  std::vector<std::int64_t> cursors(members.size(), 0);
  bool kept_any = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (std::size_t old = 0; old < members_.size(); ++old) {
      if (members_[old].key != members[i].key) continue;
      cursors[i] = cursors_[old];
      kept_any = true;
      break;
    }
  }
  const bool same_table = policy_ == policy && std::ranges::equal(members, members_, [](auto& a, auto& b) {
                            return a.key == b.key && a.weight == b.weight;
                          });
  policy_ = policy;
  members_.assign(members.begin(), members.end());
  cursors_ = std::move(cursors);
  const bool hashes = policy == BalancePolicy::kSourceHash || policy == BalancePolicy::kUriHash;
  if (hashes && !same_table) table_.build(members_);
  if (!hashes) table_ = MaglevTable();
  if (kept_any) return;
  // A worker's first turn is at the member that the worker before it would take second, and so on.
  std::vector<Candidate> all;
  for (const Member& member : members_) all.push_back({0, member.weight, true});
  for (unsigned i = 0; i < worker_; ++i) next_in_turn(all);
}

std::size_t Balancer::choose(std::span<const Candidate> candidates, std::uint64_t hash) {
  switch (policy_) {
    case BalancePolicy::kRoundRobin:
      return next_in_turn(candidates);
    case BalancePolicy::kLeastConnections:
      return least_loaded(candidates);
    case BalancePolicy::kRandomTwoChoices:
      return better_of_two(candidates);
    case BalancePolicy::kSourceHash:
    case BalancePolicy::kUriHash:
      return by_hash(candidates, hash);
  }
  return kNone;
}

// Smooth weighted round robin: everybody's claim grows by its weight, the largest claim is served and pays
// the sum.
std::size_t Balancer::next_in_turn(std::span<const Candidate> candidates) {
  std::size_t best = kNone;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!may_take(candidates[i])) continue;
    total += candidates[i].weight;
    cursors_[i] += candidates[i].weight;
    if (best == kNone || cursors_[i] > cursors_[best]) best = i;
  }
  if (best != kNone) cursors_[best] -= total;
  return best;
}

// Equals are served in turn: a fixed order would send every worker to the same member.
std::size_t Balancer::least_loaded(std::span<const Candidate> candidates) {
  std::size_t best = kNone;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!may_take(candidates[i])) continue;
    cursors_[i] += 1;
    if (best == kNone || lighter(candidates[i], candidates[best])) {
      best = i;
    } else if (!lighter(candidates[best], candidates[i]) && cursors_[i] > cursors_[best]) {
      best = i;
    }
  }
  if (best != kNone) cursors_[best] = 0;
  return best;
}

std::size_t Balancer::better_of_two(std::span<const Candidate> candidates) {
  const std::size_t first = at_random(candidates, kNone);
  if (first == kNone) return kNone;
  const std::size_t second = at_random(candidates, first);
  if (second == kNone) return first;
  return lighter(candidates[second], candidates[first]) ? second : first;
}

std::size_t Balancer::at_random(std::span<const Candidate> candidates, std::size_t except) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i != except && may_take(candidates[i])) total += candidates[i].weight;
  }
  if (total == 0) return kNone;
  std::uint64_t left = next_random() % total;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i == except || !may_take(candidates[i])) continue;
    if (left < candidates[i].weight) return i;
    left -= candidates[i].weight;
  }
  return kNone;
}

std::size_t Balancer::by_hash(std::span<const Candidate> candidates, std::uint64_t hash) const {
  std::uint64_t probe = hash;
  for (unsigned i = 0; i < kHashProbes; ++i) {
    const std::size_t index = table_.at(probe);
    if (index == MaglevTable::kNone) return kNone;
    if (may_take(candidates[index])) return index;
    probe = mix_bits(probe);
  }
  // Few are left of many: rendezvous hashing, just as consistent, needs no table.
  std::size_t best = kNone;
  std::uint64_t best_rank = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!may_take(candidates[i])) continue;
    const std::uint64_t rank = mix_bits(hash ^ members_[i].key);
    if (best == kNone || rank > best_rank) {
      best = i;
      best_rank = rank;
    }
  }
  return best;
}

std::uint64_t Balancer::next_random() {
  random_ += 0x9E3779B97F4A7C15U;
  return mix_bits(random_);
}

}  // namespace demo
