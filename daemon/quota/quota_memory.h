#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/fnv_hash.h"
#include "base/limits.h"

namespace demo {

// A gate is one limit that all workers keep together: gate n of the member with slot n, and one more for the
// clients of the daemon.
inline constexpr unsigned kClientGate = limits::kBackendMembers;
inline constexpr unsigned kGates = kClientGate + 1;
// A seat is one worker process from its start to its reaping; those that drain keep theirs, so there are more
// than workers.
inline constexpr unsigned kQuotaSeats = 2 * limits::kWorkers;

// A gate's word: the count, above it the seat and the number of the last change.
inline constexpr unsigned kQuotaNumberBits = 26;
inline constexpr unsigned kQuotaSeatBits = 10;
inline constexpr unsigned kQuotaCountBits = 64 - kQuotaNumberBits - kQuotaSeatBits;
static_assert(kQuotaSeats < 1U << kQuotaSeatBits);

// See SlotLedger and WaitLine for who writes what. Zero-filled memory is a gate without limit that nobody
// uses.
struct Gate {
  alignas(64) std::atomic<std::uint64_t> word;  // how many slots are taken, and the stamp of the last change
  std::atomic<std::uint64_t> limit;             // 0: none; the supervisor's
  alignas(64) std::array<std::atomic<std::uint64_t>, kQuotaSeats / 64> waiting;  // a bit a seat
};

struct Seat {
  alignas(64) std::atomic<std::uint64_t> intent;        // the change that its process has begun last
  std::array<std::atomic<std::uint64_t>, kGates> held;  // slots, and the number of the change that led to it
  std::array<std::atomic<std::uint64_t>, kGates> ticket;  // since when it waits, while its bit is set
  std::array<std::atomic<std::uint32_t>, kGates> idle;    // of the slots held: those of unused connections
  // Others': the number of the last change that they have seen done.
  alignas(64) std::array<std::atomic<std::uint32_t>, kGates> confirmed;
  // Others': 1 while it is on its way to look at its gates.
  std::atomic<std::uint32_t> rung;
};

// Shared by the supervisor and all its workers, and taken over by the next supervisor process. Zero-filled
// memory is valid, once QuotaArea has marked it. The seat beyond the others is the supervisor's.
struct QuotaMemory {
  std::atomic<std::uint32_t> layout;      // kQuotaLayout
  std::atomic<std::uint32_t> bells;       // how many there are
  std::atomic<std::uint32_t> seats_used;  // those from here on were never taken
  std::atomic<std::uint32_t> gates_used;  // of members: those from here on never had a limit
  std::array<Gate, kGates> gates;
  std::array<Seat, kQuotaSeats + 1> seats;
};
// Of memory that is laid out otherwise it is another number.
inline constexpr std::uint32_t kQuotaLayout = [] {
  std::uint64_t hash = kFnvStart;
  for (const std::uint64_t number :
       {std::uint64_t{kGates}, std::uint64_t{kQuotaSeats}, std::uint64_t{kQuotaNumberBits},
        std::uint64_t{kQuotaSeatBits}, std::uint64_t{sizeof(Gate)}, std::uint64_t{offsetof(Gate, limit)},
        std::uint64_t{offsetof(Gate, waiting)}, std::uint64_t{sizeof(Seat)},
        std::uint64_t{offsetof(Seat, held)}, std::uint64_t{offsetof(Seat, ticket)},
        std::uint64_t{offsetof(Seat, idle)}, std::uint64_t{offsetof(Seat, confirmed)},
        std::uint64_t{offsetof(Seat, rung)}, std::uint64_t{offsetof(QuotaMemory, seats_used)},
        std::uint64_t{offsetof(QuotaMemory, gates_used)}, std::uint64_t{offsetof(QuotaMemory, gates)},
        std::uint64_t{offsetof(QuotaMemory, seats)}}) {
    hash = fnv_hash(number, hash);
  }
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}();
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace demo
