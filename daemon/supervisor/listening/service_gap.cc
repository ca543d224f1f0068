#include "supervisor/listening/service_gap.h"

#include <chrono>

#include "base/limits.h"

namespace demo {

bool ServiceGap::look(bool served, bool failing, std::uint64_t now_ns) {
  constexpr std::uint64_t kMostNs = std::chrono::nanoseconds(limits::kUnservedMax).count();
  if (served) {
    since_ns_.reset();
    return false;
  }
  if (!since_ns_) since_ns_ = now_ns;
  return failing && now_ns - *since_ns_ >= kMostNs;
}

}  // namespace demo
