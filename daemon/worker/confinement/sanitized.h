#pragma once

#include <cstdlib>
#include <cstring>

namespace demo {

// A sanitizer, or valgrind, looks at the memory of its process from another one, reads files, and makes
// system calls of its own: under one a worker gives up capabilities alone.
inline bool is_instrumented() {
#ifdef DEMO_SANITIZED
  return true;
#else
  const char* const preloaded = std::getenv("LD_PRELOAD");
  return preloaded != nullptr && std::strstr(preloaded, "vgpreload") != nullptr;
#endif
}

}  // namespace demo
