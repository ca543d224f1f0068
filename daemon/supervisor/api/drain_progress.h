#pragma once

#include <cstdint>

namespace demo {

// How far the drain of a backend has come.
struct DrainProgress {
  bool ended = false;
  std::uint64_t at_start = 0;  // requests in flight (in tcp mode: connections)
  std::uint64_t remaining = 0;
  std::uint64_t forced = 0;      // cut off: at the deadline, by another removal, as their worker had to end
  std::uint64_t lost = 0;        // with a worker that died
  std::uint64_t last_event = 0;  // before whoever waits was answered; an end that comes later is told later
};

}  // namespace demo
