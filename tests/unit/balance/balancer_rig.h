#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "balance/hashing.h"
#include "balance/policies.h"

namespace demo::test {

inline std::vector<Balancer::Member> members(const std::vector<unsigned>& weights) {
  std::vector<Balancer::Member> list;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    list.push_back({hash_bytes(std::to_string(i)), weights[i]});
  }
  return list;
}

// A policy with members of these weights, all of them in, and the loads that the test says.
class BalancerRig final : public MemberLoads {
 public:
  explicit BalancerRig(BalancePolicy policy, const std::vector<unsigned>& weights, unsigned worker = 0)
      : balancer_(policy_entry(policy).make(worker)) {
    configure(weights);
  }

  void configure(const std::vector<unsigned>& weights) {
    loads.resize(weights.size());
    balancer_->configure(members(weights));
    for (std::size_t i = 0; i < weights.size(); ++i) balancer_->set_weight(i, weights[i]);
  }
  // A load of this worker's own.
  void set_load(std::size_t index, std::uint64_t load) {
    loads[index] = load;
    balancer_->set_load(index, load);
  }
  std::size_t choose(std::uint64_t hash = 0) {
    asked.clear();
    const std::size_t index = balancer_->pick(hash, *this);
    if (index != Balancer::kNone) balancer_->take(index);
    expected.clear();
    return index;
  }
  std::size_t foresee() { return balancer_->foresee(*this); }
  std::vector<std::size_t> choose_times(unsigned times) {
    std::vector<std::size_t> chosen;
    for (unsigned i = 0; i < times; ++i) chosen.push_back(choose());
    return chosen;
  }
  std::vector<unsigned> shares(unsigned times) {
    std::vector<unsigned> counts(loads.size());
    for (unsigned i = 0; i < times; ++i) ++counts[choose(mix_bits(i))];
    return counts;
  }
  Balancer& balancer() { return *balancer_; }

  std::vector<std::uint64_t> loads;
  std::vector<std::size_t> asked;     // whose load the last choice asked for
  std::vector<std::size_t> expected;  // whose load the policy said it might ask for, since the last choice

 private:
  std::uint64_t of(std::size_t index) override {
    asked.push_back(index);
    return loads[index];
  }
  void prefetch(std::size_t index) override { expected.push_back(index); }

  std::unique_ptr<Balancer> balancer_;
};

}  // namespace demo::test
