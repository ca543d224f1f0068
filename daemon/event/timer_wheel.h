#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/linked_list.h"

namespace demo {

class TimerWheel;

// A time-out that an object embeds or derives from. Leaves the wheel when it is destroyed.
class Timer {
 public:
  using Handler = void (*)(Timer& self);

  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 protected:
  explicit Timer(Handler handler) : handler_(handler) {}
  ~Timer() = default;

  // The handler of a class T with a member on_timeout().
  template <typename T>
  static void call(Timer& self) {
    static_cast<T&>(self).on_timeout();
  }

 private:
  friend class TimerWheel;
  bool linked() const { return link_.is_linked(); }

  MemberLink link_;  // in the list of its slot
  Handler handler_;
  // On the wheel's clock.
  std::uint64_t armed_ns_ = 0;
  std::uint64_t deadline_ns_ = 0;  // fires with the first tick that begins after it
  std::uint64_t slot_ns_ = 0;      // where it is linked deadlines begin here; at most its own
};

// A coarse hashed wheel: time-outs fire up to one tick late, never early. Moving a deadline further away
// writes a number; the timer moves to its slot only when the old one comes up. One a loop.
class TimerWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{10};
  static constexpr std::size_t kSlots = 2048;  // 20 s; farther deadlines pass the wheel more than once

  // What arm() counts from (monotonic ns), without firing anything: the loop tells it before a turn's
  // handlers run, so that a delay begun after a long wait is not shortened by the wait.
  void set_now(std::uint64_t now_ns) {
    if (start_ns_ == 0) start_ns_ = now_ns;
    clock_ns_ = now_ns - start_ns_;
  }

  // So much time (ns) until the next set_now() counts for no timer.
  void leave_out(std::uint64_t ns) { start_ns_ += ns; }
  // Time that counts for timers, up to the last set_now() or advance().
  std::uint64_t clock_ns() const { return clock_ns_; }

  // (Re)arms the timer to fire once, delay from the time of the last set_now() or advance(). Part of what
  // every request costs, hence never a call of its own.
  [[gnu::always_inline]] void arm(Timer& timer, std::chrono::milliseconds delay) {
    timer.armed_ns_ = clock_ns_;
    timer.deadline_ns_ =
        clock_ns_ + static_cast<std::uint64_t>(std::max<std::int64_t>(delay.count(), 0)) * kNsPerMs;
    if (!timer.linked() || timer.slot_ns_ > timer.deadline_ns_) relink(timer);
  }
  void disarm(Timer& timer) { timer.link_.unlink(); }
  // Time until an armed timer fires, 0 when it is due or not armed.
  std::chrono::milliseconds remaining(const Timer& timer) const;
  // Time since the last arm(), 0 when not armed.
  std::chrono::milliseconds since_armed(const Timer& timer) const;

  // Moves the wheel to now (monotonic ns) and fires what is due. A handler may arm, disarm and destroy any
  // timer.
  void advance(std::uint64_t now_ns) {
    set_now(now_ns);
    fire();
  }
  // Fires what is due at the time of the last set_now().
  void fire() {
    if (clock_ns_ >= next_ns_) fire_due();
  }

  // Milliseconds from now until the next slot with timers, -1 when there is none; for epoll_wait(2).
  // Cheap: a slot that was emptied since may be reported, which costs one idle turn.
  int milliseconds_to_next(std::uint64_t now_ns) const {
    if (next_tick_ == kNoTick) return -1;
    const std::uint64_t due_ns = start_ns_ + next_ns_;
    return due_ns <= now_ns ? 0 : static_cast<int>((due_ns - now_ns) / kNsPerMs + 1);
  }

 private:
  using Slot = MemberList<Timer, &Timer::link_>;

  void relink(Timer& timer);
  void link(Timer& timer, std::uint64_t tick);
  void fire_due();
  void fire_slot(std::uint64_t tick);
  void catch_up();
  void set_next(std::uint64_t tick);
  std::uint64_t find_next_tick() const;

  static constexpr std::uint64_t kNsPerMs = 1'000'000;
  static constexpr std::uint64_t kNoTick = UINT64_MAX;
  std::array<Slot, kSlots> slots_;
  std::uint64_t now_tick_ = 0;         // everything up to it has fired; behind the clock while nothing is due
  std::uint64_t next_tick_ = kNoTick;  // no slot before it holds a timer
  std::uint64_t next_ns_ = UINT64_MAX;  // when that is, of the wheel's clock
  std::uint64_t start_ns_ = 0;          // when the wheel's clock began
  std::uint64_t clock_ns_ = 0;          // what time it is since then; at least now_tick_
};

}  // namespace demo
