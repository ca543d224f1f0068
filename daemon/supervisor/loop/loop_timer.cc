#include "supervisor/loop/loop_timer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/watched_time.h"

namespace demo {
namespace {

// Short enough to tell a time in which nobody watched.
constexpr std::chrono::nanoseconds kPart = std::chrono::seconds(1);

}  // namespace

LoopTimer::LoopTimer(boost::asio::io_context& loop, std::function<void()> on_expiry)
    : on_expiry_(std::move(on_expiry)), timer_(loop), self_(std::make_shared<LoopTimer*>(this)) {}

LoopTimer::~LoopTimer() { *self_ = nullptr; }

void LoopTimer::start(std::chrono::milliseconds delay) {
  period_ = {};
  left_ = delay;
  arm_part();
}

void LoopTimer::arm_part() {
  part_began_ = std::chrono::steady_clock::now();
  timer_.expires_at(part_began_ + std::min(left_, kPart));
  arm();
}

void LoopTimer::on_part() {
  const std::chrono::nanoseconds passed = std::chrono::steady_clock::now() - part_began_;
  left_ -= std::chrono::nanoseconds(WatchedTime::counted(static_cast<std::uint64_t>(passed.count())));
}

void LoopTimer::start_every(std::chrono::milliseconds period) {
  period_ = period;
  timer_.expires_after(period);
  arm();
}

void LoopTimer::stop() {
  running_ = false;
  ++turn_;
  timer_.cancel();
}

void LoopTimer::arm() {
  running_ = true;
  timer_.async_wait([self = self_, turn = ++turn_](const boost::system::error_code& error) {
    LoopTimer* const timer = *self;
    if (error || timer == nullptr || timer->turn_ != turn) return;
    timer->running_ = false;
    if (timer->period_.count() == 0) {
      timer->on_part();
      if (timer->left_.count() > 0) return timer->arm_part();
    }
    if (timer->period_.count() > 0) {
      // Missed turns of a loop that was busy are not made up for.
      timer->timer_.expires_after(timer->period_);
      timer->arm();
    }
    // A copy: the callback may end the timer and itself.
    const auto on_expiry = timer->on_expiry_;
    on_expiry();
  });
}

}  // namespace demo
