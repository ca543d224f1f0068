#include "net/connection_budget.h"

namespace demo {

// What is open was opened under no limit, or needs none any more.
void ConnectionBudget::share(bool shared) {
  if (std::exchange(shared_, shared) == shared) return tell_waiter();
  if (!shared) leave_line();
  for (std::uint64_t i = 0; i < open_; ++i) {
    if (shared) {
      quota_->force(kClientGate);
    } else {
      quota_->release(kClientGate);
    }
  }
  tell_waiter();
}

void ConnectionBudget::stand_in_line(std::uint64_t now_ns) {
  if (!shared_ || in_line_ || open_ >= limit_) return;
  in_line_ = true;
  quota_->wait(kClientGate, now_ns);
  // A slot that became free before it stood there woke nobody.
  tell_waiter();
}

void ConnectionBudget::leave_line() {
  if (std::exchange(in_line_, false)) quota_->stop_waiting(kClientGate);
}

}  // namespace demo
