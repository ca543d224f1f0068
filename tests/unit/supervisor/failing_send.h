#pragma once

#include <atomic>

namespace demo {

// What sendmsg(2) of this process fails with, errno; 0: it works. And how often it has failed so.
extern std::atomic<int> send_error;
extern std::atomic<unsigned> sends_failed;

}  // namespace demo
