#pragma once

#include <cstdint>

#include "config/config.h"

namespace demo {

// What runs. Owned by the supervisor, and changed on its loop alone; its parts read it.
struct RunningState {
  Config config;
  std::uint64_t generation = 0;  // of config; 0 before the first
  std::uint64_t changed_ns = 0;  // when the generation began, monotonic
  bool stopping = false;         // the daemon ends
};

}  // namespace demo
