#include "supervisor/watched_time.h"

#include <algorithm>

namespace demo {

std::uint64_t WatchedTime::look(std::uint64_t now_ns) {
  if (last_ns_ && now_ns > *last_ns_) watched_ns_ += std::min(now_ns - *last_ns_, kLongestGapNs);
  last_ns_ = now_ns;
  return watched_ns_;
}

std::uint64_t StandStill::lasts(std::uint64_t value, std::uint64_t watched_ns) {
  if (value_ != value) {
    value_ = value;
    since_ns_ = watched_ns;
  }
  return watched_ns - since_ns_;
}

}  // namespace demo
