#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace demo {

// One thread that calls functions at their time, one after the other: samples and call deadlines of
// the control service. Functions must be quick. Runs in the supervisor.
class TimerThread {
 public:
  using Clock = std::chrono::steady_clock;
  using Id = std::uint64_t;  // never 0

  TimerThread();
  TimerThread(const TimerThread&) = delete;
  TimerThread& operator=(const TimerThread&) = delete;
  // Calls nothing any more; joins.
  ~TimerThread();

  Id after(Clock::duration delay, std::function<void()> call);
  // First after one period. Periods that passed while a call ran are left out.
  Id every(Clock::duration period, std::function<void()> call);
  // After it returns the function does not run any more; from within a timer's function it only prevents
  // further calls. An id that is done is ignored.
  void cancel(Id id);

 private:
  struct Timer {
    Clock::duration period;  // 0: once
    std::function<void()> call;
  };
  using Key = std::pair<Clock::time_point, Id>;

  Id add(Clock::duration delay, Clock::duration period, std::function<void()> call);
  void run();
  void call_first(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;   // the first deadline, or the end
  std::condition_variable finished_;  // a call returned
  std::map<Key, Timer> timers_;
  std::map<Id, Clock::time_point> deadlines_;
  Id last_id_ = 0;
  Id running_ = 0;  // whose function runs now; 0: none
  bool stopping_ = false;
  std::thread thread_;  // last: starts when the rest stands
};

}  // namespace demo
