#pragma once

#include <cstdint>
#include <utility>

namespace demo {

// Counts the client connections of a worker against its limit. Acceptors ask before they accept and stop at
// the limit; the queue in the kernel holds what comes meanwhile.
class ConnectionBudget {
 public:
  // Told once when a closing connection or a raised limit makes room while accepting is paused.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    virtual void on_room() = 0;
  };

  explicit ConnectionBudget(std::uint64_t limit) : limit_(limit) {}

  bool exhausted() const { return open_ >= limit_; }
  void opened() { ++open_; }
  void closed() {
    --open_;
    tell_waiter();
  }

  std::uint64_t open() const { return open_; }
  std::uint64_t limit() const { return limit_; }
  void set_limit(std::uint64_t limit) {
    limit_ = limit;
    tell_waiter();
  }
  // Not owned; one at a time (the worker's listener set, which resumes all its acceptors).
  void wait_for_room(Waiter& waiter) { waiter_ = &waiter; }

 private:
  void tell_waiter() {
    if (waiter_ != nullptr && !exhausted()) std::exchange(waiter_, nullptr)->on_room();
  }

  std::uint64_t limit_;
  std::uint64_t open_ = 0;
  Waiter* waiter_ = nullptr;  // not owned; set while accepting is paused
};

}  // namespace demo
