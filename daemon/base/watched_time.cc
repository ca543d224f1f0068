#include "base/watched_time.h"

namespace demo {

std::uint64_t WatchedTime::look(std::uint64_t now_ns) {
  if (last_ns_ && now_ns > *last_ns_) watched_ns_ += counted(now_ns - *last_ns_);
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
