#include "event/housekeeping.h"

namespace demo {

Tidied::Tidied(Housekeeping& housekeeping) : link_(&housekeeping.first_), next_(housekeeping.first_) {
  if (next_ != nullptr) next_->link_ = &next_;
  housekeeping.first_ = this;
}

Tidied::~Tidied() {
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
}

Housekeeping::Housekeeping(TimerWheel& timers) : Timer(Timer::call<Housekeeping>), timers_(timers) {
  timers_.arm(*this, kInterval);
}

void Housekeeping::tidy_now() {
  for (Tidied* one = first_; one != nullptr; one = one->next_) one->tidy();
}

void Housekeeping::on_timeout() {
  timers_.arm(*this, kInterval);
  tidy_now();
}

}  // namespace demo
