#pragma once

#include <cstdint>

#include "event/watch.h"

namespace demo {

// A watch that can put off the rest of its work to the loop's next turn (Loop::again()), so that one fast
// peer holds nobody up: work without a bound ends after so many steps and asks to go on. Its handler is
// called then with no events, after those that the turn brought. Unlinks itself when destroyed, so a retired
// object is not called.
class YieldingWatch : public Watch {
 public:
  bool called_again() const { return next_ != nullptr; }
  // Takes the wish back: an event came first, and the work is done with it.
  void withdraw() {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = nullptr;
  }

 protected:
  explicit YieldingWatch(Handler handler) : Watch(handler) {}
  ~YieldingWatch() { withdraw(); }

 private:
  friend class YieldRing;
  YieldingWatch* previous_ = nullptr;  // not owned
  YieldingWatch* next_ = nullptr;      // not owned; null when nothing was put off
};

// Those that wait for their turn, first come first served. The loop's.
class YieldRing final : private YieldingWatch {
 public:
  YieldRing() : YieldingWatch([](Watch&, std::uint32_t) {}) { previous_ = next_ = this; }
  ~YieldRing() {
    while (!empty()) next_->withdraw();
    previous_ = next_ = nullptr;
  }
  YieldRing(const YieldRing&) = delete;
  YieldRing& operator=(const YieldRing&) = delete;

  bool empty() const { return next_ == this; }

  // At the end; stays where it is when it waits already.
  void add(YieldingWatch& watch) {
    if (watch.next_ != nullptr) return;
    watch.previous_ = previous_;
    watch.next_ = this;
    previous_->next_ = &watch;
    previous_ = &watch;
  }

  // Moves all of another ring here, which must be empty.
  void take(YieldRing& other) {
    if (other.empty()) return;
    next_ = other.next_;
    previous_ = other.previous_;
    next_->previous_ = this;
    previous_->next_ = this;
    other.previous_ = other.next_ = &other;
  }

  // Calls and removes each; they may add themselves to another ring, or destroy any watch.
  void call_all() {
    while (!empty()) {
      YieldingWatch& watch = *next_;
      watch.withdraw();
      watch.ready(0);
    }
  }
};

}  // namespace demo
