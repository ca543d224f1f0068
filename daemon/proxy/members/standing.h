#pragma once

#include <cstdint>

namespace demo {

// How a member stands in the choice among its pool's members: MemberChoice and MemberTier alone use it.
struct Standing {
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  std::uint32_t index = kNowhere;       // among the members of its tier
  std::uint32_t full_index = kNowhere;  // among those of its tier that have no room, as far as is known
  std::uint32_t ramp_index = kNowhere;  // among those whose weight grows
  unsigned weight = 0;                  // in force, times kWeightScale; 0: not usable
  bool backup = false;                  // which tier it is in
};

}  // namespace demo
