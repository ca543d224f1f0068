#pragma once

#include <cstdint>

namespace demo {

// While one exists, programs that this thread executes get none of its ambient capabilities,
// capabilities(7): those that a unit gives the daemon, and that a worker might not be let to give up. What
// the thread itself may do stays as it is.
class AmbientPause {
 public:
  AmbientPause();
  ~AmbientPause();
  AmbientPause(const AmbientPause&) = delete;
  AmbientPause& operator=(const AmbientPause&) = delete;

 private:
  std::uint64_t held_ = 0;  // a bit each, raised again
};

}  // namespace demo
