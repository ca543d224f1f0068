#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace demo {

// A lookup table of consistent hashing after the Maglev paper (NSDI 2016, section 3.4), with weights: a
// member that comes or goes moves few keys besides its own. Pure.
class MaglevTable {
 public:
  static constexpr std::uint32_t kEntries = 65'537;  // prime; at 1000 members each still gets about 65
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct Member {
    std::uint64_t key = 0;  // hash of the member's identity; decides its place, so the same in every worker
    unsigned weight = 1;    // 0 takes no entry
  };

  // Fills the table; about 2 ms. Members: at most 65,535.
  void build(std::span<const Member> members);
  // The index of the member for a hash; kNone when there is none.
  std::size_t at(std::uint64_t hash) const;

 private:
  std::vector<std::uint16_t> entries_;  // empty until there is a member with a weight
};

}  // namespace demo
