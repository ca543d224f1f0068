#include "control/calls/timer_thread.h"

namespace demo {

TimerThread::TimerThread() : thread_([this] { run(); }) {}

TimerThread::~TimerThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

TimerThread::Id TimerThread::after(Clock::duration delay, std::function<void()> call) {
  return add(delay, Clock::duration::zero(), std::move(call));
}

TimerThread::Id TimerThread::every(Clock::duration period, std::function<void()> call) {
  return add(period, period, std::move(call));
}

TimerThread::Id TimerThread::add(Clock::duration delay, Clock::duration period, std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  const Id id = ++last_id_;
  const auto deadline = Clock::now() + delay;
  timers_.emplace(Key{deadline, id}, Timer{period, std::move(call)});
  deadlines_.emplace(id, deadline);
  changed_.notify_one();
  return id;
}

void TimerThread::cancel(Id id) {
  std::unique_lock lock(mutex_);
  if (const auto found = deadlines_.find(id); found != deadlines_.end()) {
    timers_.erase(Key{found->second, id});
    deadlines_.erase(found);
  }
  if (std::this_thread::get_id() == thread_.get_id()) return;
  finished_.wait(lock, [&] { return running_ != id; });
}

void TimerThread::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (timers_.empty()) {
      changed_.wait(lock);
    } else if (const auto deadline = timers_.begin()->first.first; deadline > Clock::now()) {
      changed_.wait_until(lock, deadline);
    } else {
      call_first(lock);
    }
  }
}

void TimerThread::call_first(std::unique_lock<std::mutex>& lock) {
  auto node = timers_.extract(timers_.begin());
  const auto [deadline, id] = node.key();
  const Timer timer = std::move(node.mapped());
  running_ = id;
  if (timer.period == Clock::duration::zero()) deadlines_.erase(id);
  lock.unlock();
  timer.call();
  lock.lock();
  running_ = 0;
  if (const auto known = deadlines_.find(id); known != deadlines_.end()) {  // periodic and not cancelled
    const auto missed = (Clock::now() - deadline) / timer.period;
    known->second = deadline + (missed + 1) * timer.period;
    timers_.emplace(Key{known->second, id}, timer);
  }
  finished_.notify_all();
}

}  // namespace demo
