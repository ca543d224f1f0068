#include "balance/weight_tree.h"

#include <bit>

#include "balance/hashing.h"

// A complete binary tree in an array: the leaves are the members, each inner node holds the sum of what is
// below it. by_hash() decides at every node by a hash of its own (of the key and the node) which half the key
// belongs to, with the odds of the halves' weights: when a weight changes, only keys whose number at a node
// lies between the old and the new odds go to the other half.
namespace demo {

void WeightTree::reset(std::size_t count) {
  count_ = count;
  leaves_ = std::bit_ceil(count == 0 ? std::size_t{1} : count);
  sums_.assign(2 * leaves_, 0);
  common_ = 0;
  unlike_ = 0;
  changes_ = 0;
}

// Costs a look at each member, so there are as many changes between two times.
void WeightTree::count_unlike(std::uint32_t weight) {
  common_ = weight;
  unlike_ = 0;
  changes_ = 0;
  for (std::size_t i = 0; i < count_; ++i) unlike_ += sums_[leaves_ + i] != weight ? 1 : 0;
}

bool WeightTree::set(std::size_t index, std::uint32_t weight) {
  std::size_t node = leaves_ + index;
  // Unsigned: a smaller weight wraps around, and so does the sum, to what it should be.
  const std::uint64_t change = weight - sums_[node];
  if (change == 0) return false;
  if (sums_[node] == common_) ++unlike_;
  if (weight == common_) --unlike_;
  for (; node > 0; node /= 2) sums_[node] += change;
  ++changes_;
  if (unlike_ == count_ && changes_ >= count_) count_unlike(weight);
  return true;
}

WeightTree::Drawn WeightTree::at(std::uint64_t point) const {
  Drawn drawn;
  if (unlike_ == 0) {
    drawn.index = point / common_;
    drawn.before = drawn.index * common_;
    return drawn;
  }
  std::size_t node = 1;
  while (node < leaves_) {
    node *= 2;
    if (point < sums_[node]) continue;
    point -= sums_[node];
    drawn.before += sums_[node];
    ++node;
  }
  drawn.index = node - leaves_;
  return drawn;
}

std::size_t WeightTree::by_hash(std::uint64_t hash) const {
  std::size_t node = 1;
  while (node < leaves_) {
    // Sums stay below 2^34: 16,384 members of a million each.
    const std::uint64_t number = mix_bits(hash ^ mix_bits(node)) >> 36;
    const bool left = (number * sums_[node] >> 28) < sums_[2 * node];
    node = 2 * node + (left ? 0 : 1);
  }
  return node - leaves_;
}

}  // namespace demo
