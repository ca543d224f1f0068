#pragma once

#include <cstdint>
#include <optional>

#include "quota/quota_memory.h"

namespace demo {

// Which seats wait for a slot of a gate, and since when: first come first served over all workers. Each
// worker stands in it once a gate, for the longest wait of its own. Pure, borrows the memory.
class WaitLine {
 public:
  WaitLine(QuotaMemory& memory, unsigned seat) : memory_(memory), seat_(seat) {}

  // since_ns: monotonic; a later call replaces it.
  void enter(unsigned gate, std::uint64_t since_ns);
  void leave(unsigned gate) { leave(gate, seat_); }
  // Whether anybody waits, this seat included.
  bool any(unsigned gate) const;
  // Whose turn it is; none when nobody waits.
  std::optional<unsigned> first(unsigned gate) const;

  // How many of the slots that this seat holds are those of unused connections.
  void set_idle(unsigned gate, std::uint32_t count) { memory_.seats[seat_].idle[gate].store(count); }
  // A seat with such a slot, other than the one that waits for it.
  std::optional<unsigned> idle_elsewhere(unsigned gate, unsigned waiting) const;

  // Supervisor: the process in this seat is gone.
  void free_seat(unsigned seat);

 private:
  void leave(unsigned gate, unsigned seat);

  QuotaMemory& memory_;
  const unsigned seat_;
};

}  // namespace demo
