#include "control/monitor/stats_watcher.h"

#include <utility>

namespace demo {

StatsWatcher::StatsWatcher(StatsFeed& feed, OpenStreams& streams, QuotaPlace place, StatsView view,
                           std::chrono::milliseconds interval)
    : MessageStream(std::move(place)),
      feed_(feed),
      streams_(streams),
      interval_(interval),
      view_(std::move(view)) {
  if (!streams_.add(*this)) return;
  offer(feed_.sample());
  feed_.join(interval_, *this);
}

void StatsWatcher::offer(const StatsSample& sample) {
  const bool sent = pump([&](control::v1::WatchStatsResponse& response) {
    view_.write(sample, *response.mutable_sample());
    response.mutable_sample()->set_skipped(skipped_);
    return true;
  });
  skipped_ = sent ? 0 : skipped_ + 1;
}

void StatsWatcher::gone() {
  feed_.leave(interval_, *this);
  streams_.remove(*this);
}

}  // namespace demo
