#pragma once

#include <cstdint>
#include <string>

namespace demo {

// How far the drain of a backend has come.
struct DrainProgress {
  bool ended = false;
  std::uint64_t at_start = 0;  // requests in flight (in tcp mode: connections)
  std::uint64_t remaining = 0;
  std::uint64_t forced = 0;  // cut off: at the deadline, by another removal, as their worker had to end
  std::uint64_t lost = 0;    // with a worker that died
  // For who waits and is answered before the end: the last event until then, and the subject of the later one
  // that will tell of the end.
  std::uint64_t last_event = 0;
  std::string subject;
};

}  // namespace demo
