#pragma once

#include <cstdint>
#include <optional>

namespace demo {

// Whether new connections are to be held off, because those that the kernel takes would wait in queues that
// nobody serves: no worker has accepted for limits::kUnservedMax, and they cannot be started, or die. Pure.
class ServiceGap {
 public:
  // One look. served: some worker accepts; failing: some worker died or could not be started. now_ns:
  // monotonic. Whether new connections are held off from now on.
  bool look(bool served, bool failing, std::uint64_t now_ns);

 private:
  std::optional<std::uint64_t> since_ns_;  // the first look at which nobody accepted
};

}  // namespace demo
