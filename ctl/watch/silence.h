#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace demo::ctl {

// How long samples that should come have not come, and when the user is told: after five seconds, or two more
// than the interval, and again each second. Time is passed in.
class Silence {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // every: the interval; unset: whoever sends may take any time.
  explicit Silence(std::optional<std::chrono::milliseconds> every) : every_(every) {}

  void on_sample(Time now) {
    last_ = now;
    expects_ = every_.has_value();
    told_ = {};
  }
  // Why there are none is known: nothing is told until the next one.
  void on_loss() { expects_ = false; }

  // The seconds to tell now; each number once.
  std::optional<std::chrono::seconds> news(Time now) {
    if (!expects_) return std::nullopt;
    const auto silent = std::chrono::duration_cast<std::chrono::seconds>(now - last_);
    const auto patience = std::max<std::chrono::milliseconds>(kPatience, *every_ + kGrace);
    if (silent < patience || silent == told_) return std::nullopt;
    told_ = silent;
    return silent;
  }

 private:
  static constexpr std::chrono::seconds kPatience{5};
  static constexpr std::chrono::seconds kGrace{2};

  const std::optional<std::chrono::milliseconds> every_;
  Time last_;
  bool expects_ = false;  // a sample came, and the next one should
  std::chrono::seconds told_{};
};

}  // namespace demo::ctl
