#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace demo {

// The weights of members, and the sums of them over halves, quarters and so on: draws a member in proportion
// to its weight, or by a hash, in as many steps as the logarithm of their number. Pure.
class WeightTree {
 public:
  // A member, and how much weight there is before it.
  struct Drawn {
    std::size_t index = 0;
    std::uint64_t before = 0;
  };

  // For so many members, all of weight 0.
  void reset(std::size_t count);
  // Whether it had another weight.
  bool set(std::size_t index, std::uint32_t weight);

  std::uint32_t weight(std::size_t index) const {
    return unlike_ == 0 ? common_ : static_cast<std::uint32_t>(sums_[leaves_ + index]);
  }
  std::uint64_t total() const { return sums_.empty() ? 0 : sums_[1]; }

  // Whose part of the line from 0 to total() the point lies in. Precondition: point < total().
  Drawn at(std::uint64_t point) const;
  // The member for a hash: a change of one weight moves few hashes between others, and the same weights give
  // the same member in every worker. Precondition: total() > 0.
  std::size_t by_hash(std::uint64_t hash) const;

 private:
  void count_unlike(std::uint32_t weight);

  std::size_t count_ = 0;
  std::size_t leaves_ = 1;           // a power of two
  std::vector<std::uint64_t> sums_;  // node n has the children 2n and 2n + 1; the root is 1
  // A weight that some may have, and how many have another: of equals any is found without a walk.
  std::uint32_t common_ = 0;
  std::size_t unlike_ = 0;
  std::size_t changes_ = 0;  // since those were counted
};

}  // namespace demo
