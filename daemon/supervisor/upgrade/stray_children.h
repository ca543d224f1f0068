#pragma once

#include <sys/types.h>

#include <functional>

namespace demo {

// Reaps children that have ended and that nobody knows: processes of another version that was executed in
// this process, and gave way before it wrote down that it started them. Waits for nobody. Runs on the
// supervisor's loop.
void reap_stray_children(const std::function<bool(pid_t)>& is_known);

}  // namespace demo
