#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "config/pool.h"

namespace demo {

// What one worker has seen of one backend lately: failures in a row put it out for a time that grows with
// each time in a row (passive outlier ejection). Pure: the pool asks, decides about the last usable member,
// and tells.
class EjectionRecord {
 public:
  void succeeded() {
    if (ejected_) return;
    failures_ = 0;
    in_row_ = 0;
    rounds_ = 0;
  }

  // Counts a failure; true when it is time to eject. Failures of a member that is out already do not count.
  bool failed(const Ejection& rules) {
    if (ejected_ || rules.consecutive_failures == 0) return false;
    ++in_row_;
    if (failures_ < rules.consecutive_failures) ++failures_;
    return failures_ >= rules.consecutive_failures;
  }

  // Puts it out from now on (monotonic ns).
  void eject(const Ejection& rules, std::uint64_t now_ns) {
    ejected_ = true;
    rounds_ = std::min(rounds_ + 1, kMostRounds);
    // Its first request after its return decides: one more failure puts it out again, for longer.
    failures_ = rules.consecutive_failures - 1;
    const auto time = std::min(rules.base_time * rounds_, rules.max_time);
    until_ns_ = now_ns + static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
  }

  // The same until then (monotonic ns), as somebody else did at this failure in a row.
  void eject_until(const Ejection& rules, std::uint64_t failures, std::uint64_t until_ns) {
    in_row_ = failures;
    const std::uint64_t further = failures - std::min<std::uint64_t>(failures, rules.consecutive_failures);
    rounds_ = static_cast<unsigned>(std::min<std::uint64_t>(further, kMostRounds - 1)) + 1;
    failures_ = rules.consecutive_failures - 1;
    ejected_ = true;
    until_ns_ = until_ns;
  }

  bool ejected() const { return ejected_; }
  std::uint64_t until_ns() const { return until_ns_; }
  void take_back() { ejected_ = false; }
  // In a row, those before earlier ejections in a row too.
  std::uint64_t failures() const { return in_row_; }

  // Forgets everything: the operator or an active check vouches for the member.
  void clear() { *this = EjectionRecord(); }

 private:
  static constexpr unsigned kMostRounds = 1000;

  unsigned failures_ = 0;  // as far as the rules count
  std::uint64_t in_row_ = 0;
  unsigned rounds_ = 0;
  bool ejected_ = false;
  std::uint64_t until_ns_ = 0;
};

}  // namespace demo
