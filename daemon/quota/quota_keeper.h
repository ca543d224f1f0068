#pragma once

#include <array>
#include <cstdint>

#include "quota/quota_area.h"
#include "quota/slot_ledger.h"
#include "quota/wait_line.h"

namespace demo {

// The supervisor's side of the shared limits: knows which seats there are, says what the limits are,
// and frees exactly what a process held, once that is gone. Owns the area.
//
// It may be killed at any instruction. The one that takes its area over finishes what it was doing, so that
// all counts are exact again, and goes on from what is in the memory. Whoever composes it frees the seats
// of processes that are gone by then, and says what the limits are.
class QuotaKeeper {
 public:
  // The limit of each gate; 0: none.
  using Limits = std::array<std::uint64_t, kGates>;

  // Over a new area, or over one that an earlier supervisor left: everybody looks at the gates once then.
  explicit QuotaKeeper(QuotaArea area);

  const QuotaArea& area() const { return area_; }
  QuotaMemory& memory() { return area_.memory(); }

  // A process is about to start in this seat, below kQuotaSeats; nobody has it.
  void take_seat(unsigned seat);
  // The process that had it was reaped. Once more does no harm.
  void free_seat(unsigned seat);
  // In force at once for new connections; what there is beyond a lower limit goes by itself.
  void set_limits(const Limits& limits);

 private:
  QuotaArea area_;
  SlotLedger ledger_;
  WaitLine line_;
};

}  // namespace demo
