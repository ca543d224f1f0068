#pragma once

#include <cstdint>
#include <optional>

namespace demo {

// The time of somebody who looks at others once a second at least, so far as he looked. While he himself was
// stopped (SIGSTOP, a frozen control group, a stopped machine), he saw nothing of what they did: that time
// counts against nobody. Pure.
class WatchedTime {
 public:
  // Who did not look for longer was stopped. Of that time so much counts, so that who is as slow as that
  // comes to an end all the same.
  static constexpr std::uint64_t kLongestGapNs = 2'000'000'000;
  static constexpr std::uint64_t kCountedNs = 100'000'000;

  // How much counts of the time (ns) between two looks.
  static constexpr std::uint64_t counted(std::uint64_t gap_ns) {
    return gap_ns > kLongestGapNs ? kCountedNs : gap_ns;
  }

  // now_ns: of the monotonic clock. The watched time (ns) up to this look; 0 at the first.
  std::uint64_t look(std::uint64_t now_ns);

 private:
  std::optional<std::uint64_t> last_ns_;
  std::uint64_t watched_ns_ = 0;
};

// Since when something stands still, in watched time. Pure.
class StandStill {
 public:
  // For how long (ns) the value has been this one; 0 when it is another than at the last look.
  std::uint64_t lasts(std::uint64_t value, std::uint64_t watched_ns);
  // It begins anew at the next look.
  void forget() { value_.reset(); }

 private:
  std::optional<std::uint64_t> value_;
  std::uint64_t since_ns_ = 0;
};

}  // namespace demo
