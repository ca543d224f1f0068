#pragma once

#include <cstdint>

#include "quota/quota_area.h"
#include "quota/slot_ledger.h"
#include "quota/wait_line.h"

namespace demo {

// The limits that all workers keep together, as one worker sees them: it takes slots, waits for its turn, and
// wakes the next one. One a worker; costs nothing where no limit is set, since nobody asks it then.
//
// What keeps everybody awake: whoever makes a slot free, or leaves the line, or takes a slot and sees another
// one free, wakes the first in line, or who holds an unused connection when none is free; and who enters the
// line looks once more afterwards. A death is followed
// by a look of everybody.
class Quota {
 public:
  // The area outlives it. seat: this worker's alone, below kQuotaSeats.
  Quota(QuotaArea& area, unsigned seat)
      : area_(area), seat_(seat), ledger_(area.memory(), seat), line_(area.memory(), seat) {}

  // A slot for a newcomer: not while anybody waits, this worker included.
  bool claim(unsigned gate) { return !line_.any(gate) && ledger_.claim(gate); }
  // A slot for who has waited longest in this worker: if it is its turn.
  bool claim_in_turn(unsigned gate) { return is_first(gate) && ledger_.claim(gate); }
  // A slot whatever the limit is, for a connection that is older than the limit.
  void force(unsigned gate) { ledger_.force(gate); }
  // The connection is closed.
  void release(unsigned gate) {
    ledger_.release(gate);
    call_next(gate);
  }

  std::uint64_t limit(unsigned gate) const { return ledger_.limit(gate); }
  bool has_room(unsigned gate) const { return ledger_.has_room(gate); }
  bool over(unsigned gate) const { return ledger_.over(gate); }
  bool anyone_waits(unsigned gate) const { return line_.any(gate); }
  // It is the turn of this worker, which waits.
  bool is_first(unsigned gate) const { return line_.first(gate) == seat_; }
  // It is the turn of another worker, and no slot is free for it.
  bool lacks_elsewhere(unsigned gate) const;

  // Stands in the line from now on, for who waits since then (monotonic). Asks for an unused connection's
  // slot where there is one. Look for a free slot afterwards.
  void wait(unsigned gate, std::uint64_t since_ns);
  void stop_waiting(unsigned gate) {
    line_.leave(gate);
    call_next(gate);
  }
  // Of the slots held here, those of unused connections. They are to be given up while lacks_elsewhere().
  void set_idle(unsigned gate, std::size_t count) { line_.set_idle(gate, static_cast<std::uint32_t>(count)); }

  // The descriptor to watch (EPOLLIN, EPOLLET), and what to do first when it was rung; then look at every
  // gate.
  int bell() const { return area_.bell_of(seat_); }
  void heard() { area_.memory().seats[seat_].rung.store(0); }

 private:
  // Wakes the first in line if there is room for it, else who can make some by closing an unused connection.
  void call_next(unsigned gate);

  QuotaArea& area_;
  const unsigned seat_;
  SlotLedger ledger_;
  WaitLine line_;
};

}  // namespace demo
