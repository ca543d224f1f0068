#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace demo {

// A gate is one limit that all workers keep together: gate n of the member with slot n, and one more for the
// clients of the daemon.
inline constexpr unsigned kClientGate = limits::kBackendMembers;
inline constexpr unsigned kGates = kClientGate + 1;
// A seat is one worker process from its start to its reaping; those that drain keep theirs, so there are more
// than workers.
inline constexpr unsigned kQuotaSeats = 2 * limits::kWorkers;

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

// Shared by the supervisor and all its workers. Zero-filled memory is valid. The seat beyond the others is
// the supervisor's.
struct QuotaMemory {
  std::atomic<std::uint32_t> seats_used;  // those from here on were never taken
  std::array<Gate, kGates> gates;
  std::array<Seat, kQuotaSeats + 1> seats;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace demo
