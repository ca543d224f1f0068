#include "event/timer_wheel.h"

#include <algorithm>

namespace demo {
namespace {

constexpr std::uint64_t kTickNs =
    static_cast<std::uint64_t>(std::chrono::nanoseconds(TimerWheel::kTick).count());
constexpr std::uint64_t kNsPerMs = 1'000'000;

}  // namespace

void Timer::unlink() {
  if (!linked()) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

TimerWheel::Slot::Slot() : Timer(nullptr) { previous_ = next_ = this; }

TimerWheel::TimerWheel() = default;

void TimerWheel::link(Timer& timer, std::uint64_t tick) {
  Timer& head = slots_[tick % kSlots];
  next_tick_ = std::min(next_tick_, tick);
  timer.slot_tick_ = tick;
  timer.previous_ = head.previous_;
  timer.next_ = &head;
  head.previous_->next_ = &timer;
  head.previous_ = &timer;
}

void TimerWheel::arm(Timer& timer, std::chrono::milliseconds delay) {
  // The first tick that begins after the delay: a time-out must not fire early.
  const auto delay_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(delay.count(), 0)) * kNsPerMs;
  timer.deadline_tick_ = (clock_ns_ + delay_ns) / kTickNs + 1;
  if (timer.linked()) {
    if (timer.slot_tick_ <= timer.deadline_tick_) return;
    timer.unlink();
  }
  link(timer, std::min<std::uint64_t>(timer.deadline_tick_, now_tick_ + kSlots - 1));
}

std::chrono::milliseconds TimerWheel::remaining(const Timer& timer) const {
  const std::uint64_t deadline_ns = timer.deadline_tick_ * kTickNs;
  if (!timer.linked() || deadline_ns <= clock_ns_) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds((deadline_ns - clock_ns_) / kNsPerMs);
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
    if (timer.deadline_tick_ > tick) {
      link(timer, std::min<std::uint64_t>(timer.deadline_tick_, tick + kSlots - 1));
    } else {
      timer.handler_(timer);
    }
  }
}

void TimerWheel::set_now(std::uint64_t now_ns) {
  if (start_ns_ == 0) start_ns_ = now_ns;
  clock_ns_ = now_ns - start_ns_;
}

void TimerWheel::advance(std::uint64_t now_ns) {
  set_now(now_ns);
  const std::uint64_t target = clock_ns_ / kTickNs;
  if (target < next_tick_) {
    now_tick_ = target;
    return;
  }
  // After a long stop (a suspended machine) one round over the slots finds everything that is due.
  if (target - now_tick_ > kSlots) now_tick_ = target - kSlots;
  while (now_tick_ < target) {
    ++now_tick_;
    fire_slot(now_tick_);
  }
  next_tick_ = find_next_tick();
}

std::uint64_t TimerWheel::find_next_tick() const {
  for (std::uint64_t tick = now_tick_ + 1; tick < now_tick_ + kSlots; ++tick) {
    const Timer& head = slots_[tick % kSlots];
    if (head.next_ != &head) return tick;
  }
  return kNoTick;
}

int TimerWheel::milliseconds_to_next(std::uint64_t now_ns) const {
  if (next_tick_ == kNoTick) return -1;
  const std::uint64_t due_ns = start_ns_ + next_tick_ * kTickNs;
  return due_ns <= now_ns ? 0 : static_cast<int>((due_ns - now_ns) / 1'000'000 + 1);
}

}  // namespace demo
