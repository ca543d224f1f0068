#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <set>

#include "control/calls/timer_thread.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// Somebody who wants samples. offer() runs on the timer thread and must not block.
class SampleTaker {
 public:
  virtual void offer(const StatsSample& sample) = 0;

 protected:
  ~SampleTaker() = default;
};

// Takes one sample a tick for all who watch at the same interval. Thread-safe. Outlived by supervisor and
// timers.
class StatsFeed {
 public:
  StatsFeed(SupervisorApi& supervisor, TimerThread& timers) : supervisor_(supervisor), timers_(timers) {}

  // The taker's first sample comes after at most one interval.
  void join(std::chrono::milliseconds interval, SampleTaker& taker);
  // After it returns the taker is offered nothing any more. Not to be called from offer().
  void leave(std::chrono::milliseconds interval, SampleTaker& taker);

  // For one who asks outside the ticks. One at a time, so that many who ask do not keep the supervisor from
  // its own figures.
  StatsSample sample();

 private:
  struct Group {
    std::set<SampleTaker*> takers;
    TimerThread::Id timer = 0;
  };

  void tick(std::chrono::milliseconds interval);

  SupervisorApi& supervisor_;
  TimerThread& timers_;
  std::mutex sampling_;
  std::mutex mutex_;
  std::map<std::chrono::milliseconds, Group> groups_;
};

}  // namespace demo
