#pragma once

#include <sys/eventfd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "event/loop.h"
#include "event/watch.h"

namespace demo {

// A loop that a test turns by hand. A descriptor that is always ready keeps each turn from waiting, so that
// a test can also see that nothing happens.
class Turns final : private Watch, private TurnObserver {
 public:
  Turns() : Watch(ignore_ready), loop_(Loop::open().value()), nudge_(::eventfd(1, EFD_CLOEXEC)) {
    if (!loop_->add(nudge_.get(), EPOLLIN, *this)) std::abort();
  }

  Loop& loop() { return *loop_; }

  // One turn without waiting; how many descriptors were ready.
  unsigned turn() {
    loop_->run(*this);
    return events_;
  }

  // Turns until condition() holds; false when it does not within the time, which is there to end a hang.
  template <typename Condition>
  bool until(Condition condition, std::chrono::milliseconds bound = std::chrono::seconds(20)) {
    const std::uint64_t end =
        monotonic_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(bound).count());
    while (!condition()) {
      if (monotonic_ns() > end) return false;
      turn();
    }
    return true;
  }

  // Turns until there is nothing to do.
  void settle() {
    while (turn() > 0 || loop_->goes_on()) {
    }
  }

  // Turns for a while, for what must not happen in it.
  void during(std::chrono::milliseconds time) {
    until([] { return false; }, time);
  }

 private:
  static void ignore_ready(Watch&, std::uint32_t) {}
  void on_wake(unsigned events, std::uint64_t) override {
    events_ = events - 1;
    loop_->stop();
  }

  std::unique_ptr<Loop> loop_;
  UniqueFd nudge_;
  unsigned events_ = 0;
};

}  // namespace demo
