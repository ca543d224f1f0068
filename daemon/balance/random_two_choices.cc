#include <cstdint>
#include <utility>

#include "balance/burden.h"
#include "balance/hashing.h"
#include "balance/policies.h"
#include "balance/weight_tree.h"

// Two members are drawn at random, in proportion to their weights, and the one with less burden gets the
// request (Mitzenmacher 1996), the first one of equals. Which two may be drawn long before they are asked.
namespace demo {
namespace {

class RandomTwoChoices final : public Balancer {
 public:
  explicit RandomTwoChoices(unsigned worker) : random_(mix_bits(worker)) {}

  void configure(std::span<const Member> members) override {
    weights_.reset(members.size());
    drawn_ = {};
  }
  void set_weight(std::size_t index, unsigned weight) override {
    if (weights_.set(index, weight)) drawn_ = {};
  }
  void set_load(std::size_t, std::uint64_t) override {}
  std::size_t pick(std::uint64_t hash, MemberLoads& loads) override;
  void take(std::size_t) override {}
  std::size_t foresee(MemberLoads& loads) override;

 private:
  // Two members that differ. kNone: nobody is in; second alone: nobody else is.
  struct Pair {
    std::size_t first = kNone;
    std::size_t second = kNone;
  };

  Pair draw();
  std::uint64_t next_random() {
    random_ += 0x9E3779B97F4A7C15U;
    return mix_bits(random_);
  }

  WeightTree weights_;  // in force
  Pair drawn_;          // ahead of the next choice, by these weights
  std::uint64_t random_;
};

RandomTwoChoices::Pair RandomTwoChoices::draw() {
  if (weights_.total() == 0) return {};
  const WeightTree::Drawn first = weights_.at(next_random() % weights_.total());
  const std::uint64_t first_weight = weights_.weight(first.index);
  const std::uint64_t others = weights_.total() - first_weight;
  if (others == 0) return {first.index, kNone};
  // As if the part of the first one were cut out of the line.
  std::uint64_t point = next_random() % others;
  if (point >= first.before) point += first_weight;
  return {first.index, weights_.at(point).index};
}

std::size_t RandomTwoChoices::pick(std::uint64_t, MemberLoads& loads) {
  const auto [first, second] = drawn_.first == kNone ? draw() : std::exchange(drawn_, {});
  if (second == kNone) return first;
  const Burden burden_of_first{loads.of(first), weights_.weight(first)};
  const Burden burden_of_second{loads.of(second), weights_.weight(second)};
  return burden_of_second.is_less_than(burden_of_first) ? second : first;
}

std::size_t RandomTwoChoices::foresee(MemberLoads& loads) {
  if (drawn_.first == kNone) drawn_ = draw();
  if (drawn_.second != kNone) loads.prefetch(drawn_.second);
  return drawn_.first;
}

}  // namespace

std::unique_ptr<Balancer> make_random_two_choices(unsigned worker) {
  return std::make_unique<RandomTwoChoices>(worker);
}

}  // namespace demo
