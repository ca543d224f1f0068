#pragma once

#include <atomic>

namespace demo {

// So many calls of accept4(2) of this process fail with EPERM, and how many have.
extern std::atomic<unsigned> accepts_to_forbid;
extern std::atomic<unsigned> accepts_forbidden;

}  // namespace demo
