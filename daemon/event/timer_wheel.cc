#include "event/timer_wheel.h"

#include <algorithm>

namespace demo {
namespace {

constexpr std::uint64_t kTickNs =
    static_cast<std::uint64_t>(std::chrono::nanoseconds(TimerWheel::kTick).count());

// The first tick that begins after a deadline: a time-out must not fire early.
std::uint64_t tick_after(std::uint64_t deadline_ns) { return deadline_ns / kTickNs + 1; }

}  // namespace

void Timer::unlink() {
  if (!linked()) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

TimerWheel::Slot::Slot() : Timer(nullptr) { previous_ = next_ = this; }

TimerWheel::TimerWheel() = default;

void TimerWheel::set_next(std::uint64_t tick) {
  next_tick_ = tick;
  next_ns_ = tick == kNoTick ? UINT64_MAX : tick * kTickNs;
}

// What lies before the clock and before the next timer has nothing to fire.
void TimerWheel::catch_up() {
  now_tick_ = std::max(now_tick_, std::min(clock_ns_ / kTickNs, next_tick_ - 1));
}

void TimerWheel::link(Timer& timer, std::uint64_t tick) {
  Timer& head = slots_[tick % kSlots];
  if (tick < next_tick_) set_next(tick);
  timer.slot_ns_ = (tick - 1) * kTickNs;
  timer.previous_ = head.previous_;
  timer.next_ = &head;
  head.previous_->next_ = &timer;
  head.previous_ = &timer;
}

void TimerWheel::relink(Timer& timer) {
  timer.unlink();
  catch_up();
  link(timer, std::min<std::uint64_t>(tick_after(timer.deadline_ns_), now_tick_ + kSlots - 1));
}

std::chrono::milliseconds TimerWheel::remaining(const Timer& timer) const {
  const std::uint64_t fires_ns = tick_after(timer.deadline_ns_) * kTickNs;
  if (!timer.linked() || fires_ns <= clock_ns_) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds((fires_ns - clock_ns_) / kNsPerMs);
}

std::chrono::milliseconds TimerWheel::since_armed(const Timer& timer) const {
  if (!timer.linked()) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds((clock_ns_ - timer.armed_ns_) / kNsPerMs);
}

void TimerWheel::fire_slot(std::uint64_t tick) {
  // The due timers move to a ring of their own first, so that handlers may arm and destroy timers freely.
  Timer& head = slots_[tick % kSlots];
  if (head.next_ == &head) return;
  Slot due;
  due.next_ = head.next_;
  due.previous_ = head.previous_;
  due.next_->previous_ = &due;
  due.previous_->next_ = &due;
  head.next_ = head.previous_ = &head;
  while (due.next_ != &due) {
    Timer& timer = *due.next_;
    timer.unlink();
    const std::uint64_t wanted = tick_after(timer.deadline_ns_);
    if (wanted > tick) {
      link(timer, std::min<std::uint64_t>(wanted, tick + kSlots - 1));
    } else {
      timer.handler_(timer);
    }
  }
}

void TimerWheel::fire_due() {
  catch_up();
  const std::uint64_t target = clock_ns_ / kTickNs;
  // After a long stop (a suspended machine) one round over the slots finds everything that is due.
  if (target - now_tick_ > kSlots) now_tick_ = target - kSlots;
  while (now_tick_ < target) {
    ++now_tick_;
    fire_slot(now_tick_);
  }
  set_next(find_next_tick());
}

std::uint64_t TimerWheel::find_next_tick() const {
  for (std::uint64_t tick = now_tick_ + 1; tick < now_tick_ + kSlots; ++tick) {
    const Timer& head = slots_[tick % kSlots];
    if (head.next_ != &head) return tick;
  }
  return kNoTick;
}

}  // namespace demo
