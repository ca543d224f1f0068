#include "balance/maglev_table.h"

#include <algorithm>

#include "balance/hashing.h"

// The entries are given away in rounds: who has the largest weight gets one in each, who has a third of it in
// each third round. So that a round costs no look at those who get nothing in it, each member stands in the
// list of the round in which it is next.
namespace demo {
namespace {

constexpr std::uint16_t kFree = UINT16_MAX;

// Where a member stands in its own permutation of the table.
struct Stride {
  std::uint64_t next = 0;
  std::uint64_t skip = 0;
  std::uint64_t given = 0;          // entries it has
  std::uint16_t behind_it = kFree;  // in the list of its next round
};

// Which members get an entry in which round, in the order in which they came to it.
class Rounds {
 public:
  explicit Rounds(std::size_t count) : first_(count, kFree), last_(count, kFree) {}

  void add(std::uint64_t round, std::uint16_t index, std::vector<Stride>& strides) {
    if (round >= first_.size()) return;  // the table is full by then
    strides[index].behind_it = kFree;
    (first_[round] == kFree ? first_[round] : strides[last_[round]].behind_it) = index;
    last_[round] = index;
  }
  std::uint16_t first(std::uint64_t round) const { return first_[round]; }

 private:
  std::vector<std::uint16_t> first_;
  std::vector<std::uint16_t> last_;
};

}  // namespace

void MaglevTable::build(std::span<const Balancer::Member> members) {
  std::uint64_t largest = 0;
  for (const Balancer::Member& member : members) largest = std::max<std::uint64_t>(largest, member.weight);
  entries_.clear();
  if (largest == 0) return;
  const std::uint32_t size = members.size() <= kFewMembers ? kEntriesForFew : kEntriesForMany;
  entries_.assign(size, kFree);
  // One entry a round at least: that of the largest.
  Rounds rounds(size + std::size_t{1});
  std::vector<Stride> strides(members.size());
  const auto due = [&](std::size_t index) {
    const std::uint64_t weight = members[index].weight;
    return ((strides[index].given + 1) * largest + weight - 1) / weight;
  };
  for (std::size_t i = 0; i < members.size(); ++i) {
    strides[i].next = members[i].key % size;
    strides[i].skip = mix_bits(members[i].key) % (size - 1) + 1;
    if (members[i].weight > 0) rounds.add(due(i), static_cast<std::uint16_t>(i), strides);
  }
  std::uint32_t filled = 0;
  for (std::uint64_t round = 1; filled < size; ++round) {
    for (std::uint16_t index = rounds.first(round); index != kFree && filled < size;) {
      Stride& stride = strides[index];
      while (entries_[stride.next] != kFree) stride.next = (stride.next + stride.skip) % size;
      entries_[stride.next] = index;
      ++filled;
      ++stride.given;
      const std::uint16_t behind = stride.behind_it;
      rounds.add(due(index), index, strides);
      index = behind;
    }
  }
}

}  // namespace demo
