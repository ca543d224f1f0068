#include "quota/wait_line.h"

#include <algorithm>
#include <bit>

namespace demo {
namespace {

std::uint64_t bit_of(unsigned seat) { return 1ULL << seat % 64; }

}  // namespace

void WaitLine::enter(unsigned gate, std::uint64_t since_ns) {
  memory_.seats[seat_].ticket[gate].store(since_ns, std::memory_order_relaxed);
  memory_.gates[gate].waiting[seat_ / 64].fetch_or(bit_of(seat_));
}

void WaitLine::leave(unsigned gate, unsigned seat) {
  memory_.gates[gate].waiting[seat / 64].fetch_and(~bit_of(seat));
}

bool WaitLine::any(unsigned gate) const {
  return std::ranges::any_of(memory_.gates[gate].waiting, [](const auto& bits) { return bits.load() != 0; });
}

std::optional<unsigned> WaitLine::first(unsigned gate) const {
  std::optional<unsigned> first;
  std::uint64_t first_ns = 0;
  for (unsigned word = 0; word < kQuotaSeats / 64; ++word) {
    std::uint64_t bits = memory_.gates[gate].waiting[word].load();
    for (; bits != 0; bits &= bits - 1) {
      const unsigned seat = word * 64 + static_cast<unsigned>(std::countr_zero(bits));
      const std::uint64_t since_ns = memory_.seats[seat].ticket[gate].load(std::memory_order_relaxed);
      if (first && since_ns >= first_ns) continue;
      first = seat;
      first_ns = since_ns;
    }
  }
  return first;
}

std::optional<unsigned> WaitLine::idle_elsewhere(unsigned gate, unsigned waiting) const {
  const unsigned seats = memory_.seats_used.load();
  for (unsigned seat = 0; seat < seats; ++seat) {
    if (seat != waiting && memory_.seats[seat].idle[gate].load() != 0) return seat;
  }
  return std::nullopt;
}

void WaitLine::free_seat(unsigned seat) {
  for (unsigned gate = 0; gate < kGates; ++gate) {
    if ((memory_.gates[gate].waiting[seat / 64].load() & bit_of(seat)) != 0) leave(gate, seat);
    if (memory_.seats[seat].idle[gate].load() != 0) memory_.seats[seat].idle[gate].store(0);
  }
}

}  // namespace demo
