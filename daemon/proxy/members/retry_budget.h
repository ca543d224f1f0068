#pragma once

#include <algorithm>
#include <cstdint>

namespace demo {

// How many attempts beyond the first a pool's requests may make: a share of the requests, and a reserve that
// fills with time so that a quiet pool can retry too. Retries then never multiply an outage. Pure.
class RetryBudget {
 public:
  // percent: retries earned by 100 requests. reserve: retries in hand at the start, and the most that is
  // saved; per_second: how fast the reserve fills by itself.
  constexpr RetryBudget(unsigned percent, unsigned reserve, unsigned per_second)
      : earned_(percent), most_(reserve * kOne), per_second_(per_second), credit_(reserve * kOne) {}

  void count_request() { credit_ = std::min(credit_ + earned_, most_); }

  // Takes one retry if the budget has one. now_ns: monotonic.
  bool take(std::uint64_t now_ns) {
    if (last_ns_ != 0 && now_ns > last_ns_) {
      const std::uint64_t elapsed_ms = std::min<std::uint64_t>((now_ns - last_ns_) / 1'000'000, kFullMs);
      credit_ = std::min(credit_ + elapsed_ms * per_second_ * kOne / 1000, most_);
      if (elapsed_ms > 0) last_ns_ = now_ns;
    } else if (last_ns_ == 0) {
      last_ns_ = now_ns;
    }
    if (credit_ < kOne) return false;
    credit_ -= kOne;
    return true;
  }

  // What was taken last led to no attempt.
  void give_back() { credit_ = std::min(credit_ + kOne, most_); }

 private:
  static constexpr std::uint64_t kOne = 100;         // one retry, in hundredths
  static constexpr std::uint64_t kFullMs = 600'000;  // longer pauses fill no more than this long one

  std::uint64_t earned_;
  std::uint64_t most_;
  std::uint64_t per_second_;
  std::uint64_t credit_;
  std::uint64_t last_ns_ = 0;
};

}  // namespace demo
