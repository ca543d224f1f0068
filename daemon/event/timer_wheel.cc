#include "event/timer_wheel.h"

#include <algorithm>

namespace demo {
namespace {

constexpr std::uint64_t kTickNs =
    static_cast<std::uint64_t>(std::chrono::nanoseconds(TimerWheel::kTick).count());

}  // namespace

void Timer::unlink() {
  if (!linked()) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

TimerWheel::Slot::Slot() : Timer(nullptr) { previous_ = next_ = this; }

TimerWheel::TimerWheel() = default;

void TimerWheel::link(Timer& timer, std::uint32_t tick) {
  Timer& head = slots_[tick % kSlots];
  next_tick_ = std::min(next_tick_, tick);
  timer.slot_tick_ = tick;
  timer.previous_ = head.previous_;
  timer.next_ = &head;
  head.previous_->next_ = &timer;
  head.previous_ = &timer;
}

void TimerWheel::arm(Timer& timer, std::chrono::milliseconds delay) {
  // One tick more than the quotient: the current tick has partly passed, and a time-out must not fire early.
  const auto ticks = static_cast<std::uint32_t>(std::max<std::int64_t>(delay.count(), 0) / kTick.count()) + 1;
  timer.deadline_tick_ = clock_tick_ + ticks;
  if (timer.linked()) {
    if (timer.slot_tick_ <= timer.deadline_tick_) return;
    timer.unlink();
  }
  link(timer, std::min<std::uint32_t>(timer.deadline_tick_, now_tick_ + kSlots - 1));
}

std::chrono::milliseconds TimerWheel::remaining(const Timer& timer) const {
  if (!timer.linked() || timer.deadline_tick_ <= clock_tick_) return std::chrono::milliseconds(0);
  return kTick * (timer.deadline_tick_ - clock_tick_);
}

void TimerWheel::fire_slot(std::uint32_t tick) {
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
      link(timer, std::min<std::uint32_t>(timer.deadline_tick_, tick + kSlots - 1));
    } else {
      timer.handler_(timer);
    }
  }
}

void TimerWheel::set_now(std::uint64_t now_ns) {
  if (start_ns_ == 0) start_ns_ = now_ns;
  clock_tick_ = static_cast<std::uint32_t>((now_ns - start_ns_) / kTickNs);
}

void TimerWheel::advance(std::uint64_t now_ns) {
  set_now(now_ns);
  const std::uint32_t target = clock_tick_;
  next_turn_ns_ = start_ns_ + (std::uint64_t{target} + 1) * kTickNs;
  if (target < next_tick_) {
    now_tick_ = target;
    return;
  }
  // After a long stop (a suspended machine) one round over the slots finds everything that is due.
  if (target - now_tick_ > kSlots) now_tick_ = target - static_cast<std::uint32_t>(kSlots);
  while (now_tick_ < target) {
    ++now_tick_;
    fire_slot(now_tick_);
  }
  next_tick_ = find_next_tick();
}

std::uint32_t TimerWheel::find_next_tick() const {
  for (std::uint32_t tick = now_tick_ + 1; tick < now_tick_ + kSlots; ++tick) {
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
