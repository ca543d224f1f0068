#include "proxy/maglev_table.h"

#include <algorithm>

#include "proxy/hashing.h"

namespace demo {
namespace {

constexpr std::uint16_t kFree = UINT16_MAX;

// Where a member stands in its own permutation of the table.
struct Turn {
  std::uint64_t next = 0;
  std::uint64_t skip = 0;
  std::uint64_t credit = 0;  // grows by the weight each round; an entry costs the largest weight
};

}  // namespace

void MaglevTable::build(std::span<const Member> members) {
  unsigned largest = 0;
  for (const Member& member : members) largest = std::max(largest, member.weight);
  entries_.clear();
  if (largest == 0) return;
  entries_.assign(kEntries, kFree);
  std::vector<Turn> turns;
  turns.reserve(members.size());
  for (const Member& member : members) {
    turns.push_back({member.key % kEntries, mix_bits(member.key) % (kEntries - 1) + 1, 0});
  }
  std::uint32_t filled = 0;
  while (filled < kEntries) {
    for (std::size_t i = 0; i < members.size() && filled < kEntries; ++i) {
      Turn& turn = turns[i];
      turn.credit += members[i].weight;
      if (turn.credit < largest) continue;
      turn.credit -= largest;
      while (entries_[turn.next] != kFree) turn.next = (turn.next + turn.skip) % kEntries;
      entries_[turn.next] = static_cast<std::uint16_t>(i);
      ++filled;
    }
  }
}

std::size_t MaglevTable::at(std::uint64_t hash) const {
  return entries_.empty() ? kNone : entries_[hash % kEntries];
}

}  // namespace demo
