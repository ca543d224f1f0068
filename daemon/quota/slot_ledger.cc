#include "quota/slot_ledger.h"

namespace demo {
namespace {

constexpr unsigned kNumberBits = 26;
constexpr std::uint32_t kNumberMask = (1U << kNumberBits) - 1;
constexpr unsigned kSeatBits = 10;
constexpr unsigned kCountBits = 64 - kNumberBits - kSeatBits;
constexpr std::uint64_t kCountMask = (1ULL << kCountBits) - 1;
static_assert(kQuotaSeats < 1U << kSeatBits);

// A gate's word: the count, above it the seat and the number of the last change.
std::uint64_t word_of(std::uint64_t count, unsigned seat, std::uint32_t number) {
  return (count & kCountMask) | std::uint64_t{seat} << kCountBits |
         std::uint64_t{number} << (kCountBits + kSeatBits);
}
std::uint64_t count_of(std::uint64_t word) { return word & kCountMask; }
unsigned seat_of(std::uint64_t word) {
  return static_cast<unsigned>(word >> kCountBits) & ((1U << kSeatBits) - 1);
}
std::uint32_t number_of(std::uint64_t word) {
  return static_cast<std::uint32_t>(word >> (kCountBits + kSeatBits));
}

// What a seat holds, without its own seat: the count, and the number of the change that led to it.
std::uint64_t holding(std::uint64_t count, std::uint32_t number) { return word_of(count, 0, number); }

// Changes of a gate by a seat are numbered from 1. They begin anew after 67 million: what is compared is
// younger than that, since a worker that stands still for seconds is ended.
std::uint32_t number_after(std::uint64_t held) {
  const std::uint32_t next = (number_of(held) + 1) & kNumberMask;
  return next == 0 ? 1 : next;
}

// An intent: the change's number, above it the gate and whether it takes a slot. 0: none yet.
std::uint64_t intent_of(std::uint32_t number, unsigned gate, bool up) {
  return number | std::uint64_t{gate} << 32 | std::uint64_t{up ? 1U : 0U} << 63;
}
std::uint64_t changed(std::uint64_t count, bool up) { return up ? count + 1 : count - 1; }

bool is_full(std::uint64_t word, std::uint64_t limit) { return limit != 0 && count_of(word) >= limit; }

}  // namespace

bool SlotLedger::change(unsigned gate, bool up, bool limited) {
  Gate& shared = memory_.gates[gate];
  Seat& own = memory_.seats[seat_];
  std::uint64_t word = shared.word.load();
  if (limited && is_full(word, shared.limit.load())) return false;
  const std::uint64_t held = own.held[gate].load(std::memory_order_relaxed);
  const std::uint32_t number = number_after(held);
  own.intent.store(intent_of(number, gate, up), std::memory_order_release);
  do {
    // The number of a change that was not made is used again.
    if (limited && is_full(word, shared.limit.load())) return false;
    confirm(gate, word);
  } while (!shared.word.compare_exchange_weak(word, word_of(changed(count_of(word), up), seat_, number)));
  own.held[gate].store(holding(changed(count_of(held), up), number), std::memory_order_release);
  return true;
}

// Only ever forwards: several may confirm at the same time, and one of them late.
void SlotLedger::confirm(unsigned gate, std::uint64_t word) {
  const std::uint32_t number = number_of(word);
  std::atomic<std::uint32_t>& confirmed = memory_.seats[seat_of(word)].confirmed[gate];
  std::uint32_t known = confirmed.load();
  while (((number - known) & kNumberMask) - 1 < kNumberMask / 2) {
    if (confirmed.compare_exchange_weak(known, number)) return;
  }
}

bool SlotLedger::has_room(unsigned gate) const {
  return !is_full(memory_.gates[gate].word.load(), memory_.gates[gate].limit.load());
}

bool SlotLedger::over(unsigned gate) const {
  const std::uint64_t limit = memory_.gates[gate].limit.load();
  return limit != 0 && taken(gate) > limit;
}

std::uint64_t SlotLedger::taken(unsigned gate) const { return count_of(memory_.gates[gate].word.load()); }

std::uint64_t SlotLedger::held(unsigned gate) const {
  return count_of(memory_.seats[seat_].held[gate].load());
}

// What the seat holds of a gate, its last change included if that reached the word. The word is read before
// the confirmation, which is written before the word changes.
std::uint64_t SlotLedger::settled(unsigned seat, unsigned gate) const {
  const Seat& dead = memory_.seats[seat];
  const std::uint64_t held = dead.held[gate].load();
  const std::uint64_t intent = dead.intent.load();
  const auto number = static_cast<std::uint32_t>(intent);
  const auto about = static_cast<unsigned>(intent >> 32) & 0x7FFFFFFFU;
  if (number == 0 || about != gate || number_of(held) == number) return held;
  const std::uint64_t word = memory_.gates[gate].word.load();
  const bool done =
      (seat_of(word) == seat && number_of(word) == number) || dead.confirmed[gate].load() == number;
  return done ? holding(changed(count_of(held), intent >> 63 != 0), number) : held;
}

void SlotLedger::take_off(unsigned gate, std::uint64_t count) {
  Gate& shared = memory_.gates[gate];
  std::atomic<std::uint64_t>& own = memory_.seats[seat_].held[gate];
  const std::uint32_t number = number_after(own.load());
  std::uint64_t word = shared.word.load();
  do {
    confirm(gate, word);
  } while (!shared.word.compare_exchange_weak(word, word_of(count_of(word) - count, seat_, number)));
  own.store(holding(0, number));
}

void SlotLedger::free_seat(unsigned seat) {
  for (unsigned gate = 0; gate < kGates; ++gate) {
    const std::uint64_t held = settled(seat, gate);
    if (count_of(held) != 0) take_off(gate, count_of(held));
    // Its numbers go on in the next process.
    if (held != 0) memory_.seats[seat].held[gate].store(holding(0, number_of(held)));
  }
}

}  // namespace demo
