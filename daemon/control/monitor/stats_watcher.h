#pragma once

#include <chrono>
#include <cstdint>

#include "control/calls/message_stream.h"
#include "control/monitor/stats_feed.h"
#include "control/monitor/stats_view.h"
#include "demo/control/v1/monitor.pb.h"

namespace demo {

// One WatchStats stream. Samples that come while a message is on its way are left out, so a client that does
// not read costs one message of memory.
class StatsWatcher final : public MessageStream<control::v1::WatchStatsResponse>, public SampleTaker {
 public:
  // Sends the first message and goes on by itself. feed and streams outlive it.
  StatsWatcher(StatsFeed& feed, OpenStreams& streams, QuotaPlace place, StatsView view,
               std::chrono::milliseconds interval);

  void offer(const StatsSample& sample) override;

 private:
  ~StatsWatcher() override = default;
  void gone() override;

  StatsFeed& feed_;
  OpenStreams& streams_;
  const std::chrono::milliseconds interval_;
  StatsView view_;
  std::uint32_t skipped_ = 0;  // samples since the last message; guarded by the feed
};

}  // namespace demo
