#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/counted.h"

namespace demo {

// That clients of a socket are refused, as the operator is told: once when it begins, with the first reason,
// and once when nobody has been refused for a while, however many are meanwhile. Not thread-safe.
class RefusalTrouble {
 public:
  // One sentence each: why clients are refused, and that it is over.
  struct Reports {
    std::function<void(std::string)> trouble = [](const std::string&) {};
    std::function<void(std::string)> well = [](const std::string&) {};
  };

  explicit RefusalTrouble(Reports reports) : reports_(std::move(reports)) {}

  // urgent: told although another reason was. now_ns: on the monotonic clock, as in look().
  void refused(std::string why, bool urgent, std::uint64_t now_ns) {
    ++count_;
    ends_ns_ = now_ns + kQuietNs;
    if (!told_.empty() && (!urgent || told_ == why)) return;
    told_ = why;
    reports_.trouble(std::move(why));
  }

  // Tells the end when it has come.
  void look(std::uint64_t now_ns) {
    if (told_.empty() || now_ns < ends_ns_) return;
    told_.clear();
    reports_.well("nobody is refused any more; " + counted(std::exchange(count_, 0), "connection") +
                  " had been");
  }

  // So long until look() may have something to tell; unset: until somebody is refused.
  std::optional<int> patience_ms(std::uint64_t now_ns) const {
    if (told_.empty()) return std::nullopt;
    return static_cast<int>((std::max(ends_ns_, now_ns) - now_ns) / 1'000'000) + 1;
  }

 private:
  static constexpr std::uint64_t kQuietNs = 30'000'000'000;

  const Reports reports_;
  std::string told_;  // empty: nothing is wrong
  std::uint64_t count_ = 0;
  std::uint64_t ends_ns_ = 0;
};

}  // namespace demo
