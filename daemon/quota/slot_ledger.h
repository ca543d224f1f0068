#pragma once

#include <cstdint>

#include "quota/quota_memory.h"

namespace demo {

// Counts who holds how many slots of each gate, exactly, whenever its writers die: without a lock, in a few
// instructions whatever the limit is. One for each seat; the supervisor has one too. Pure, borrows the
// memory.
//
// A change is four steps of the process in the seat: it writes down what it is about to do (the intent), sets
// the gate's word to the new count, stamped with its seat and the change's number (compare and swap), and
// writes the new count of its own slots beside that number. Whoever overwrites another one's stamp confirms
// it to that seat before. So the one question that a sudden death leaves open, whether the last change
// reached the word, has an answer: it did if the word still carries its stamp, or if it was confirmed. The
// supervisor frees what a dead seat held in the same four steps, between the last two of which it writes down
// that the seat holds nothing: it may die, too.
class SlotLedger {
 public:
  // seat: up to kQuotaSeats, of one process (or thread) at a time.
  SlotLedger(QuotaMemory& memory, unsigned seat) : memory_(memory), seat_(seat) {}

  // One more slot, unless the limit is reached.
  bool claim(unsigned gate) { return change(gate, true, true); }
  // One more slot whatever the limit is, for what existed before there was one.
  void force(unsigned gate) { change(gate, true, false); }
  // One slot less. Precondition: the seat holds one.
  void release(unsigned gate) { change(gate, false, false); }

  // 0: none.
  std::uint64_t limit(unsigned gate) const { return memory_.gates[gate].limit.load(); }
  // Whether a slot is free, or there is no limit.
  bool has_room(unsigned gate) const;
  // More are taken than a limit that was lowered allows.
  bool over(unsigned gate) const;
  // Slots taken by all seats, and by one.
  std::uint64_t taken(unsigned gate) const;
  std::uint64_t held(unsigned gate) const;

  // Supervisor: frees what the process in this seat held. It must have been reaped: its connections are
  // closed, and it writes nothing any more. What is free already stays so.
  void free_seat(unsigned seat);
  // Supervisor: finishes the change that an earlier supervisor process died at, if it reached the word.
  // Before anything else, and before a seat is taken again.
  void settle();

 private:
  bool change(unsigned gate, bool up, bool limited);
  bool reached_word(unsigned seat, unsigned gate, std::uint32_t number) const;
  void confirm(unsigned gate, std::uint64_t word);
  std::uint64_t settled(unsigned seat, unsigned gate) const;
  void take_off(unsigned gate, unsigned seat, std::uint64_t held);
  void finish(unsigned gate, unsigned seat, std::uint64_t held, std::uint32_t number);

  QuotaMemory& memory_;
  const unsigned seat_;
};

}  // namespace demo
