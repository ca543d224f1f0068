#pragma once

#include <array>
#include <cstdint>

#include "quota/quota_area.h"
#include "quota/slot_ledger.h"
#include "quota/wait_line.h"

namespace demo {

// The supervisor's side of the shared limits: knows which seats there are, says what the limits are,
// and frees exactly what a process held, once that is gone. Owns the area.
class QuotaKeeper {
 public:
  // The limit of each gate; 0: none.
  using Limits = std::array<std::uint64_t, kGates>;

  explicit QuotaKeeper(QuotaArea area);

  const QuotaArea& area() const { return area_; }
  QuotaMemory& memory() { return area_.memory(); }

  // A process is about to start in this seat, below kQuotaSeats; nobody has it.
  void take_seat(unsigned seat);
  // The process that had it was reaped.
  void free_seat(unsigned seat);
  // In force at once for new connections; what there is beyond a lower limit goes by itself.
  void set_limits(const Limits& limits);

 private:
  QuotaArea area_;
  SlotLedger ledger_;
  WaitLine line_;
  unsigned gates_used_ = 0;  // of members: those from here on never had a limit
};

}  // namespace demo
