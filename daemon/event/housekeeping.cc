#include "event/housekeeping.h"

namespace demo {

Tidied::Tidied(Housekeeping& housekeeping) { housekeeping.all_.push_front(*this); }

Housekeeping::Housekeeping(TimerWheel& timers) : Timer(Timer::call<Housekeeping>), timers_(timers) {
  timers_.arm(*this, kInterval);
}

bool Housekeeping::tidy_now() {
  left_ = false;
  for (Tidied& one : all_) left_ |= one.tidy();
  return left_;
}

bool Housekeeping::tidy_on() {
  left_ = false;
  for (Tidied& one : all_) left_ |= one.tidy_on();
  return left_;
}

void Housekeeping::on_timeout() {
  const bool left = left_ ? tidy_on() : tidy_now();
  timers_.arm(*this, left ? kPause : kInterval);
}

}  // namespace demo
