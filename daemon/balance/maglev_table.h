#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "balance/balancer.h"

namespace demo {

// A lookup table of consistent hashing after the Maglev paper (NSDI 2016, section 3.4), with weights: a
// member that comes or goes moves few keys besides its own. The one exception is the step between kFewMembers
// and one more, where the table's size changes and nearly all keys move. The size depends on the members
// alone, not on what they were before: workers that started at different times must agree. Pure.
class MaglevTable {
 public:
  // Primes, so that each member's steps reach every entry. Up to kFewMembers each member gets 64 entries or
  // more, and of 10,000 still 65: shares are right to a few percent.
  static constexpr std::uint32_t kEntriesForFew = 65'537;
  static constexpr std::uint32_t kEntriesForMany = 655'373;
  static constexpr std::size_t kFewMembers = 1024;
  static constexpr std::size_t kNone = Balancer::kNone;

  // Fills the table; about 2 ms for few, 20 ms for many. Members: at most 65,534. One whose weight is 0 gets
  // no entry.
  void build(std::span<const Balancer::Member> members);
  // The index of the member for a hash; kNone when there is none.
  std::size_t at(std::uint64_t hash) const {
    return entries_.empty() ? kNone : entries_[hash % entries_.size()];
  }

 private:
  std::vector<std::uint16_t> entries_;  // empty until there is a member with a weight
};

}  // namespace demo
