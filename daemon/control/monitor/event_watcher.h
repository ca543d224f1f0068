#pragma once

#include <cstdint>
#include <deque>
#include <set>

#include "control/calls/message_stream.h"
#include "demo/control/v1/monitor.pb.h"
#include "supervisor/api/event_log.h"

namespace demo {

// One WatchEvents stream: a queue between the log and a client. A client that is limits::kEventBacklog events
// behind is ended, whether it reads or not.
class EventWatcher final : public MessageStream<control::v1::WatchEventsResponse> {
 public:
  // Replays what the request asks for and goes on by itself. events and streams outlive it. with_callers: as
  // of write_event().
  EventWatcher(grpc::CallbackServerContext& context, EventLog& events, OpenStreams& streams, QuotaPlace place,
               bool with_callers, const control::v1::WatchEventsRequest& request);

 private:
  ~EventWatcher() override = default;
  void take(const EventPtr& event);
  void give_up();
  void send_next();
  void written() override { send_next(); }
  void gone() override;

  grpc::CallbackServerContext& context_;
  EventLog& events_;
  OpenStreams& streams_;
  const bool with_callers_;
  const std::set<int> kinds_;  // empty: all
  EventLog::SubscriptionId subscription_ = 0;
  std::deque<EventPtr> queue_;    // guarded by lock()
  bool too_slow_ = false;         // guarded by lock(): takes nothing more
  bool replay_is_whole_ = false;  // guarded by lock(): the stream ends with the queue
};

}  // namespace demo
