#pragma once

#include <chrono>

#include "base/linked_list.h"
#include "event/timer_wheel.h"

namespace demo {

// Told now and then to give back what it has not needed lately, so that a rush leaves nothing behind and the
// data path never does it. Enters itself, and leaves when destroyed.
class Tidied {
 public:
  Tidied(const Tidied&) = delete;
  Tidied& operator=(const Tidied&) = delete;

  // Outside of any handler of its own; soon done.
  virtual void tidy() = 0;

 protected:
  explicit Tidied(class Housekeeping& housekeeping);
  virtual ~Tidied() = default;

 private:
  friend class Housekeeping;
  MemberLink link_;
};

// Calls those who tidy, every kInterval. The loop's.
class Housekeeping final : public Timer {
 public:
  static constexpr std::chrono::seconds kInterval{2};

  explicit Housekeeping(TimerWheel& timers);
  void tidy_now();

 private:
  friend class Timer;
  friend class Tidied;
  void on_timeout();

  TimerWheel& timers_;
  MemberList<Tidied, &Tidied::link_> all_;
};

}  // namespace demo
