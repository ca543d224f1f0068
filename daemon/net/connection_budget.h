#pragma once

#include <cstdint>
#include <utility>

#include "quota/quota.h"

namespace demo {

// Counts the client connections of a worker against its own limit (descriptors), and against the daemon's
// where there is one. Acceptors ask before they accept and stop at either limit; the queue in the kernel
// holds what comes meanwhile.
class ConnectionBudget {
 public:
  // Told once when a closing connection or a raised limit makes room while accepting is paused.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    virtual void on_room() = 0;
  };

  // quota: outlives it; null where share() is never called.
  explicit ConnectionBudget(std::uint64_t limit, Quota* quota = nullptr) : limit_(limit), quota_(quota) {}

  // Room for one more connection: then opened() or unused() follows. For who waits in line, only if it is its
  // turn.
  bool take() { return open_ < limit_ && (!shared_ || take_shared()); }
  void unused() {
    if (shared_) quota_->release(kClientGate);
  }
  void opened() {
    ++open_;
    // Its turn is used.
    if (in_line_) leave_line();
  }
  void closed() {
    --open_;
    if (shared_) quota_->release(kClientGate);
    tell_waiter();
  }

  std::uint64_t open() const { return open_; }
  // The one that is waited for.
  std::uint64_t limit() const { return in_line_ ? quota_->limit(kClientGate) : limit_; }
  void set_limit(std::uint64_t limit) {
    limit_ = limit;
    // The turn of who cannot take it would be everybody's wait.
    if (open_ >= limit_) leave_line();
    tell_waiter();
  }
  // Whether the daemon has a limit, which the gate of the clients says.
  void share(bool shared);

  // Not owned; one at a time (the worker's listener set, which resumes all its acceptors).
  void wait_for_room(Waiter& waiter) { waiter_ = &waiter; }
  // Where the daemon's limit is what was reached, it waits its turn among the workers. now_ns: monotonic.
  void stand_in_line(std::uint64_t now_ns);
  bool in_line() const { return in_line_; }
  // It accepts nothing now: it is the next one's turn. Nothing happens when it is not in line.
  void leave_line();
  // Something changed in the limits that the workers keep together.
  void hear_others() { tell_waiter(); }

 private:
  bool take_shared() { return in_line_ ? quota_->claim_in_turn(kClientGate) : quota_->claim(kClientGate); }
  bool its_turn() const {
    return !in_line_ || (quota_->is_first(kClientGate) && quota_->has_room(kClientGate));
  }
  void tell_waiter() {
    if (waiter_ != nullptr && open_ < limit_ && its_turn()) std::exchange(waiter_, nullptr)->on_room();
  }

  std::uint64_t limit_;
  Quota* const quota_;  // not owned
  std::uint64_t open_ = 0;
  Waiter* waiter_ = nullptr;  // not owned; set while accepting is paused
  bool shared_ = false;
  bool in_line_ = false;
};

}  // namespace demo
