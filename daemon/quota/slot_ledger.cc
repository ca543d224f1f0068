#include "quota/slot_ledger.h"

namespace demo {
namespace {

constexpr unsigned kCountBits = kQuotaCountBits;
constexpr unsigned kSeatBits = kQuotaSeatBits;
constexpr std::uint32_t kNumberMask = (1U << kQuotaNumberBits) - 1;
constexpr std::uint64_t kCountMask = (1ULL << kCountBits) - 1;

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
// The supervisor's intent: the number, the gate, and the seat that is freed.
constexpr unsigned kIntentSeatShift = 48;
static_assert(kGates <= 1U << (kIntentSeatShift - 32) && kIntentSeatShift + kQuotaSeatBits < 63);
std::uint64_t freeing_of(std::uint32_t number, unsigned gate, unsigned seat) {
  return intent_of(number, gate, false) | std::uint64_t{seat} << kIntentSeatShift;
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
  // Workers write there: one that was taken over may have written anything.
  if (seat_of(word) >= memory_.seats.size()) return;
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

// Whether the seat's last change of the gate, of this number, was made. The word is read before the
// confirmation, which is written before the word changes.
bool SlotLedger::reached_word(unsigned seat, unsigned gate, std::uint32_t number) const {
  const std::uint64_t word = memory_.gates[gate].word.load();
  return (seat_of(word) == seat && number_of(word) == number) ||
         memory_.seats[seat].confirmed[gate].load() == number;
}

// What the seat holds of a gate, its last change included if that reached the word.
std::uint64_t SlotLedger::settled(unsigned seat, unsigned gate) const {
  const Seat& dead = memory_.seats[seat];
  const std::uint64_t held = dead.held[gate].load();
  const std::uint64_t intent = dead.intent.load();
  const auto number = static_cast<std::uint32_t>(intent);
  const auto about = static_cast<unsigned>(intent >> 32) & 0x7FFFFFFFU;
  if (number == 0 || about != gate || number_of(held) == number) return held;
  const bool done = reached_word(seat, gate, number);
  return done ? holding(changed(count_of(held), intent >> 63 != 0), number) : held;
}

void SlotLedger::take_off(unsigned gate, unsigned seat, std::uint64_t held) {
  Gate& shared = memory_.gates[gate];
  Seat& own = memory_.seats[seat_];
  const std::uint32_t number = number_after(own.held[gate].load());
  own.intent.store(freeing_of(number, gate, seat));
  std::uint64_t word = shared.word.load();
  do {
    confirm(gate, word);
  } while (!shared.word.compare_exchange_weak(word, word_of(count_of(word) - count_of(held), seat_, number)));
  finish(gate, seat, held, number);
}

// The word does not count what the seat held any more. That the change is finished is written last.
void SlotLedger::finish(unsigned gate, unsigned seat, std::uint64_t held, std::uint32_t number) {
  memory_.seats[seat].held[gate].store(holding(0, number_of(held)));
  memory_.seats[seat_].held[gate].store(holding(0, number));
}

void SlotLedger::free_seat(unsigned seat) {
  for (unsigned gate = 0; gate < kGates; ++gate) {
    const std::uint64_t held = settled(seat, gate);
    if (count_of(held) != 0) {
      take_off(gate, seat, held);
    } else if (held != 0) {
      // Its numbers go on in the next process.
      memory_.seats[seat].held[gate].store(holding(0, number_of(held)));
    }
  }
}

void SlotLedger::settle() {
  const std::uint64_t intent = memory_.seats[seat_].intent.load();
  const auto number = static_cast<std::uint32_t>(intent);
  const auto gate = static_cast<unsigned>(intent >> 32) & ((1U << (kIntentSeatShift - 32)) - 1);
  const auto seat = static_cast<unsigned>(intent >> kIntentSeatShift) & ((1U << kQuotaSeatBits) - 1);
  // Workers can write the memory: nothing in it is an index before it was looked at.
  if (number == 0 || gate >= kGates || seat >= kQuotaSeats) return;
  if (number_of(memory_.seats[seat_].held[gate].load()) == number) return;
  // What the seat holds is the same as before the change: that confirmed the seat's own last one.
  if (reached_word(seat_, gate, number)) finish(gate, seat, settled(seat, gate), number);
}

}  // namespace demo
