#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "event/housekeeping.h"
#include "event/timer_wheel.h"
#include "event/watch.h"
#include "event/yielding_watch.h"

namespace demo {

// Told about every turn of the loop; the worker keeps its statistics there.
class TurnObserver {
 public:
  virtual ~TurnObserver() = default;
  // After epoll_wait(2) returned, before any handler. now_ns: monotonic.
  virtual void on_wake(unsigned events, std::uint64_t now_ns) = 0;
};

// Told when no event of the current turn can refer to a retired object any more.
class Reclaimer {
 public:
  virtual ~Reclaimer() = default;
  virtual void reclaim() = 0;

 private:
  friend class Loop;
  Reclaimer* next_due_ = nullptr;  // not owned; the loop's list
};

// One epoll instance and one timer wheel: the only thing a worker waits in. Owns neither descriptors nor
// watches.
class Loop {
 public:
  static Result<std::unique_ptr<Loop>> open();

  // events as epoll_ctl(2) takes them (EPOLLIN, EPOLLET, EPOLLEXCLUSIVE, ...). The watch must outlive its
  // registration, and the turn in which it ends: retire it (see Slab) rather than destroy it.
  Status add(int fd, std::uint32_t events, Watch& watch);
  Status modify(int fd, std::uint32_t events, Watch& watch);
  // Closing the last copy of a descriptor removes it as well, epoll(7).
  void remove(int fd);
  // Calls the watch with no events in the next turn, which then does not wait; once, however often it is
  // asked.
  void again(YieldingWatch& watch) { put_off_.add(watch); }
  bool goes_on() const { return !put_off_.empty(); }

  TimerWheel& timers() { return timers_; }
  // For what is tidied now and then.
  Housekeeping& housekeeping() { return housekeeping_; }
  // Monotonic time of the current turn's wake-up: time for everything that needs no better than a turn.
  std::uint64_t now_ns() const { return now_ns_; }
  // The same as WatchedTime counts it, on a clock of its own: what time-outs are judged by.
  std::uint64_t watched_ns() const { return timers_.clock_ns(); }
  // How much of the time since then (as of now_ns()) that is; what was missed last is left out.
  std::uint64_t watched_since(std::uint64_t since_ns) const;
  // Number of the current turn: what happens now comes after everything that this turn's events tell of.
  std::uint64_t turn() const { return turn_; }

  // Called at the end of each turn. Not owned; must outlive the loop's run().
  void add_reclaimer(Reclaimer& reclaimer) { reclaimers_.push_back(&reclaimer); }
  // Called once, at the end of this turn and after those of every turn, so that what has nothing to reclaim
  // costs a turn nothing. Asked for at most once a turn.
  void reclaim_after_turn(Reclaimer& reclaimer) {
    reclaimer.next_due_ = due_;
    due_ = &reclaimer;
  }

  // Turns until stop(). An idle loop turns at least once in kIdleTurn, so that its heartbeat can be seen.
  void run(TurnObserver& observer);
  void stop() { stopping_ = true; }

  // SO_BUSY_POLL for the epoll instance itself (EPIOCSPARAMS, kernel 6.9); fails with ENOTTY where it is
  // unknown.
  Status set_busy_poll(unsigned microseconds, bool prefer);

 private:
  static constexpr int kIdleTurnMs = 1000;
  static constexpr std::size_t kEventsPerTurn = 512;
  // A wake-up that is later than that comes after something else than the wait.
  static constexpr std::uint64_t kLateNs = 100'000'000;
  // For so long time-outs wait at most while one full batch comes after the other behind such a wake-up.
  static constexpr std::uint64_t kHeldNs = 1'000'000'000;

  explicit Loop(UniqueFd epoll);
  Status control(int operation, int fd, std::uint32_t events, Watch& watch);
  int wait_ms() const;
  // Of a turn that is out of the usual: whether its events tell all that there is up to its time.
  bool has_looked(std::uint64_t gap_ns, int waited_ms, int ready);

  TimerWheel timers_;
  Housekeeping housekeeping_{timers_};
  std::uint64_t now_ns_ = 0;
  std::uint64_t turn_ = 0;
  std::uint64_t missed_ns_ = 0;           // of the last gap, what counts for nobody
  std::uint64_t missed_until_ns_ = 0;     // when that was over
  std::uint64_t held_turn_ = UINT64_MAX;  // the last turn whose time-outs waited; at first none
  std::uint64_t held_since_ns_ = 0;       // since when those of the turns in a row before it did
  bool stopping_ = false;
  YieldLine put_off_;   // to the next turn
  YieldLine going_on_;  // in this one, after its events
  std::vector<Reclaimer*> reclaimers_;
  Reclaimer* due_ = nullptr;  // not owned; those that asked for the end of this turn
  std::array<epoll_event, kEventsPerTurn> events_;
  UniqueFd epoll_;
};

}  // namespace demo
