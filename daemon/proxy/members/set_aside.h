#pragma once

#include "event/timer_wheel.h"

namespace demo {

class Member;

// That a member gets no new request for a while because the other address family of its backend answered
// sooner (RFC 8305 section 4: an outcome is remembered). Part of its member; armed only meanwhile.
class SetAside final : public Timer {
 public:
  explicit SetAside(Member& member) : Timer(Timer::call<SetAside>), member_(member) {}

 private:
  friend class Timer;
  void on_timeout();

  Member& member_;
};

}  // namespace demo
