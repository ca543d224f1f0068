#include "control/monitor/stats_feed.h"

namespace demo {

void StatsFeed::join(std::chrono::milliseconds interval, SampleTaker& taker) {
  const std::lock_guard lock(mutex_);
  Group& group = groups_[interval];
  group.takers.insert(&taker);
  if (group.timer == 0) group.timer = timers_.every(interval, [this, interval] { tick(interval); });
}

void StatsFeed::leave(std::chrono::milliseconds interval, SampleTaker& taker) {
  TimerThread::Id unused = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto group = groups_.find(interval);
    if (group == groups_.end() || group->second.takers.erase(&taker) == 0 || !group->second.takers.empty())
      return;
    unused = group->second.timer;
    groups_.erase(group);
  }
  timers_.cancel(unused);  // may wait for a tick, which needs the lock
}

StatsSample StatsFeed::sample() {
  const std::lock_guard lock(sampling_);
  return supervisor_.sample();
}

void StatsFeed::tick(std::chrono::milliseconds interval) {
  const StatsSample sample = this->sample();
  const std::lock_guard lock(mutex_);
  const auto group = groups_.find(interval);
  if (group == groups_.end()) return;
  for (SampleTaker* taker : group->second.takers) taker->offer(sample);
}

}  // namespace demo
