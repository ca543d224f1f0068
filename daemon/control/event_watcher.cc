#include "control/event_watcher.h"

#include <limits>
#include <utility>

#include "base/limits.h"
#include "control/report_messages.h"

namespace demo {

EventWatcher::EventWatcher(EventLog& events, OpenStreams& streams, QuotaPlace place,
                           const control::v1::WatchEventsRequest& request)
    : MessageStream(std::move(place)),
      events_(events),
      streams_(streams),
      kinds_(request.kinds().begin(), request.kinds().end()) {
  if (!streams_.add(*this)) return;
  const std::uint64_t after =
      request.has_after_sequence() ? request.after_sequence() : std::numeric_limits<std::uint64_t>::max();
  subscription_ = events_.subscribe(after, [this](const Event& event) { take(event); });
  if (request.follow()) return;
  events_.unsubscribe(subscription_);
  {
    const std::lock_guard guard(lock());
    replay_is_whole_ = true;
  }
  send_next();
}

void EventWatcher::take(const Event& event) {
  if (!kinds_.empty() && !kinds_.contains(event_kind(event.kind))) return;
  bool too_slow = false;
  {
    const std::lock_guard guard(lock());
    too_slow = queue_.size() >= limits::kEventBacklog;
    if (!too_slow) queue_.push_back(event);
  }
  if (too_slow)
    end({ErrorCode::kResourceExhausted, "the client reads too slowly: events would be lost", "", ""});
  send_next();
}

void EventWatcher::send_next() {
  bool ends = false;
  pump([&](control::v1::WatchEventsResponse& response) {
    ends = queue_.empty() && replay_is_whole_;
    if (queue_.empty()) return false;
    write_event(queue_.front(), *response.mutable_event());
    queue_.pop_front();
    return true;
  });
  if (ends) finish(grpc::Status::OK);
}

void EventWatcher::gone() {
  if (subscription_ != 0) events_.unsubscribe(subscription_);
  streams_.remove(*this);
}

}  // namespace demo
