#include "supervisor/handover/notify_barrier.h"

#include <fcntl.h>
#include <unistd.h>

namespace demo {

bool NotifyBarrier::begin() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    pending_ = false;
    return true;
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  if (!manager_.send("BARRIER=1", theirs.get())) return false;
  watch_.reset();
  pending_ = false;
  ours_ = std::move(ours);
  watch_.emplace(loop_, ours_.get(), [this] { on_closed(); });
  watch_->watch_reading();
  pending_ = true;
  return true;
}

// Nothing is ever written: it is the end.
void NotifyBarrier::on_closed() {
  watch_.reset();
  ours_.reset();
  pending_ = false;
  on_passed_();
}

}  // namespace demo
