#pragma once

#include <cstdint>

#include "base/unique_fd.h"

namespace demo {

// From now on whoever logs in this process never waits for descriptor 2: see LogQueue. Call once, before
// threads start.
void log_in_background();
// LogQueue::open_own() of descriptor 2.
UniqueFd open_own_log();
// Descriptor 2 is another file now. own: open_own_log() of it, by whoever may open files.
void on_log_moved(UniqueFd own);
// Waits a second at most until everything is written; before the process ends.
void flush_log();

struct LogHealth {
  std::uint64_t lost = 0;  // lines of this process that the log did not take in time
  bool stalled = false;    // it takes nothing now
};
// Nothing is wrong without log_in_background().
LogHealth log_health();

}  // namespace demo
