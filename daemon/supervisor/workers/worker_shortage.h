#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace demo {

// How soon what failed for a lack of descriptors or memory is tried again.
constexpr std::chrono::milliseconds kShortageRetry{500};

// One thing that a worker cannot be given now, because this host or the worker lacks descriptors or memory
// for it. However often it is tried, it begins once and ends once. Pure.
class WorkerShortage {
 public:
  // Tried in vain; why: one clause. Whether it begins.
  bool fail(std::string why) {
    why_ = std::move(why);
    return failures_++ == 0;
  }
  // How often it was tried in vain, when it ends with this; unset when there is none.
  std::optional<std::uint64_t> end() {
    why_.clear();
    const std::uint64_t failures = std::exchange(failures_, 0);
    return failures > 0 ? std::optional<std::uint64_t>(failures) : std::nullopt;
  }
  bool there() const { return failures_ > 0; }
  // Of the last failure; empty when there is none.
  const std::string& why() const { return why_; }

 private:
  std::string why_;
  std::uint64_t failures_ = 0;
};

}  // namespace demo
