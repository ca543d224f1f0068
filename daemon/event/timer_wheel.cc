#include "event/timer_wheel.h"

#include <algorithm>

// A connection has one timer, which every request arms anew, and nearly none of them ever fires. So arming is
// to cost nothing, and firing may cost more: the wheel has a slot for each tick of its round, with the timers
// in it in no order. Arming a timer for later than it is in the wheel for writes its deadline and leaves it
// where it is; when its slot comes up, a timer that has time left moves to the slot of its deadline. Thus a
// busy connection moves once for each time-out that passes, not once a request. Only an earlier deadline
// moves a timer at once. A deadline beyond one round waits in the last slot, as often as it takes.
//
// The wheel does not look at each slot as time passes: next_tick_ says before which tick there is nothing, so
// a loop without due timers compares two numbers, and epoll_wait(2) sleeps until then. It may be too early,
// since nobody raises it when a slot is emptied; it is never too late.
//
// Its clock leaves out the time in which the process was stopped: that counts against no peer (Loop).
namespace demo {
namespace {

constexpr std::uint64_t kTickNs =
    static_cast<std::uint64_t>(std::chrono::nanoseconds(TimerWheel::kTick).count());

// The first tick that begins after a deadline: a time-out must not fire early.
std::uint64_t tick_after(std::uint64_t deadline_ns) { return deadline_ns / kTickNs + 1; }

}  // namespace

void TimerWheel::set_next(std::uint64_t tick) {
  next_tick_ = tick;
  next_ns_ = tick == kNoTick ? UINT64_MAX : tick * kTickNs;
}

// What lies before the clock and before the next timer has nothing to fire.
void TimerWheel::catch_up() {
  now_tick_ = std::max(now_tick_, std::min(clock_ns_ / kTickNs, next_tick_ - 1));
}

void TimerWheel::link(Timer& timer, std::uint64_t tick) {
  if (tick < next_tick_) set_next(tick);
  timer.slot_ns_ = (tick - 1) * kTickNs;
  slots_[tick % kSlots].push_back(timer);
}

void TimerWheel::relink(Timer& timer) {
  timer.link_.unlink();
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
  // The due timers move to a list of their own first, so that handlers may arm and destroy timers freely.
  Slot due;
  due.splice(due.end(), slots_[tick % kSlots]);
  while (!due.empty()) {
    Timer& timer = due.front();
    due.pop_front();
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
    if (!slots_[tick % kSlots].empty()) return tick;
  }
  return kNoTick;
}

}  // namespace demo
