#include "supervisor/loop/fd_watch.h"

#include <utility>

namespace demo {

FdWatch::FdWatch(boost::asio::io_context& loop, int fd, std::function<void()> on_ready)
    : on_ready_(std::move(on_ready)), descriptor_(loop, fd), self_(std::make_shared<FdWatch*>(this)) {}

FdWatch::~FdWatch() {
  *self_ = nullptr;
  descriptor_.release();
}

void FdWatch::watch_reading() {
  reading_ = true;
  arm(Wait::wait_read, true);
}

void FdWatch::wait_writable() {
  if (std::exchange(waiting_writable_, true)) return;
  arm(Wait::wait_write, false);
}

void FdWatch::arm(Wait wait, bool again) {
  descriptor_.async_wait(wait, [self = self_, wait, again](const boost::system::error_code& error) {
    if (error || *self == nullptr) return;
    if (again && !(*self)->reading_) return;
    if (!again) (*self)->waiting_writable_ = false;
    const auto go_on = [&] {
      if (again && *self != nullptr && (*self)->reading_) (*self)->arm(wait, again);
    };
    // A copy: the callback may end the watch and itself.
    const auto on_ready = (*self)->on_ready_;
    try {
      on_ready();
    } catch (...) {
      go_on();  // the loop outlives what a callback throws, and so does the watch
      throw;
    }
    go_on();
  });
}

}  // namespace demo
