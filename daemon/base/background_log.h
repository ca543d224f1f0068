#pragma once

#include <cstdint>

namespace demo {

// From now on whoever logs in this process never waits for descriptor 2: see LogQueue. Call once, before
// threads start.
void log_in_background();
// Descriptor 2 is another file now.
void on_log_moved();
// Waits a second at most until everything is written; before the process ends.
void flush_log();

struct LogHealth {
  std::uint64_t lost = 0;  // lines of this process that the log did not take in time
  bool stalled = false;    // it takes nothing now
};
// Nothing is wrong without log_in_background().
LogHealth log_health();

}  // namespace demo
