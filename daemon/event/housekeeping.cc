#include "event/housekeeping.h"

namespace demo {

Tidied::Tidied(Housekeeping& housekeeping) { housekeeping.all_.push_front(*this); }

Housekeeping::Housekeeping(TimerWheel& timers) : Timer(Timer::call<Housekeeping>), timers_(timers) {
  timers_.arm(*this, kInterval);
}

void Housekeeping::tidy_now() {
  for (Tidied& one : all_) one.tidy();
}

void Housekeeping::on_timeout() {
  timers_.arm(*this, kInterval);
  tidy_now();
}

}  // namespace demo
