#pragma once

#include <chrono>

#include "base/linked_list.h"
#include "event/timer_wheel.h"

namespace demo {

// Told now and then to give back what it has not needed lately, so that a rush leaves nothing behind and the
// data path never does it. Enters itself, and leaves when destroyed. Whatever is called is outside of any
// handler of its own, and soon done: much takes several turns.
class Tidied {
 public:
  Tidied(const Tidied&) = delete;
  Tidied& operator=(const Tidied&) = delete;

  // A period is over: settles what was not needed in it, and gives back a part of that. Whether some is left.
  virtual bool tidy() = 0;
  // The next part. Whether some is left.
  virtual bool tidy_on() = 0;

 protected:
  explicit Tidied(class Housekeeping& housekeeping);
  virtual ~Tidied() = default;

 private:
  friend class Housekeeping;
  MemberLink link_;
};

// Calls those who tidy, every kInterval, and every kPause while some have something left to give back. The
// loop's.
class Housekeeping final : public Timer {
 public:
  static constexpr std::chrono::seconds kInterval{2};
  // Others have their turns in between.
  static constexpr std::chrono::milliseconds kPause{10};

  explicit Housekeeping(TimerWheel& timers);
  // Begins a period. Whether something is left for tidy_on().
  bool tidy_now();
  bool tidy_on();

 private:
  friend class Timer;
  friend class Tidied;
  void on_timeout();

  TimerWheel& timers_;
  MemberList<Tidied, &Tidied::link_> all_;
  bool left_ = false;  // something, in this period
};

}  // namespace demo
