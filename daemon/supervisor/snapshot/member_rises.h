#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/snapshot.h"

namespace demo {

// Since when members get requests, MemberFacts::usable_since_ns: of those that came to a pool with others, or
// were out and came back. The same for all workers, so that whoever starts late knows who starts slowly.
class MemberRises {
 public:
  // A member that rose, by its slot: its address, and when (monotonic ns).
  using Known = std::map<std::uint32_t, std::pair<Address, std::uint64_t>>;

  // Completes the next snapshot, which comes after the one that was completed last. now_ns: monotonic, of the
  // change.
  void note(Snapshot& next, std::uint64_t now_ns);

  // Those of the last one, for a version that is executed in this one's place.
  Known known() const;
  // Those of the version before; before the first note().
  void restore(const Known& known);

 private:
  struct Standing {
    Address address;
    bool usable = false;
    std::uint64_t since_ns = 0;
  };

  std::map<std::uint32_t, Standing> members_;  // of the last snapshot, by slot
  std::set<std::string> pools_;                // that had members there
};

}  // namespace demo
