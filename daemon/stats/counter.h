#pragma once

#include <atomic>
#include <cstdint>

namespace demo {

// A number that one worker writes and the supervisor reads: plain loads and stores, never a locked
// instruction. Zero-filled memory is a valid Counter of 0.
class Counter {
 public:
  // Always part of its caller: the compiler finds a call smaller, at several times the cost.
  [[gnu::always_inline]] void add(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void subtract(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - amount, std::memory_order_relaxed);
  }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  // Back to zero; returns what it was.
  std::uint64_t take() {
    const std::uint64_t value = get();
    if (value != 0) set(0);
    return value;
  }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace demo
