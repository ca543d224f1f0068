#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"

namespace demo {

// Bounds the lines of one kind that a shortage or a peer can bring about again and again: one in ten seconds,
// which says how many were left out before it. Not thread-safe.
class LogLimit {
 public:
  // How many were left out before the line of now; unset when it is to be left out. now_ns: monotonic.
  std::optional<std::uint64_t> pass(std::uint64_t now_ns) {
    if (passed_ns_ && now_ns - *passed_ns_ < kIntervalNs) {
      ++left_out_;
      return std::nullopt;
    }
    passed_ns_ = now_ns;
    return std::exchange(left_out_, 0);
  }

  // As demo::log(), for what passes.
  template <typename... Args>
  void log(std::uint64_t now_ns, LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    if (level > log_level()) return;
    const auto left_out = pass(now_ns);
    if (!left_out) return;
    std::string text = fmt::format(format, std::forward<Args>(args)...);
    if (*left_out > 0) text += fmt::format(" ({} more lines like this were left out before it)", *left_out);
    log_line(level, text);
  }

 private:
  static constexpr std::uint64_t kIntervalNs = 10'000'000'000;

  std::optional<std::uint64_t> passed_ns_;
  std::uint64_t left_out_ = 0;
};

}  // namespace demo
