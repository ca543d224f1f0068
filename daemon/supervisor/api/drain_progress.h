#pragma once

#include <cstdint>
#include <string>

namespace demo {

// How far the drain of a backend has come.
struct DrainProgress {
  bool ended = false;
  std::uint64_t at_start = 0;  // requests in flight (in tcp mode: connections)
  std::uint64_t remaining = 0;
  std::uint64_t forced = 0;      // cut off: at the deadline, by another removal, as their worker had to end
  std::uint64_t lost = 0;        // with a worker that died
  std::uint64_t id = 0;          // which drain it is, over all versions of the daemon
  std::uint64_t last_event = 0;  // for who is answered before the end: until then; 0: it has ended
  std::string failure;           // why it came to nothing; empty: it did not
};

}  // namespace demo
