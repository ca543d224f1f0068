#include "control/monitor/event_watcher.h"

#include <grpc/grpc.h>
#include <grpcpp/server_context.h>

#include <limits>
#include <utility>

#include "base/limits.h"
#include "control/messages/report_messages.h"

namespace demo {

EventWatcher::EventWatcher(grpc::CallbackServerContext& context, EventLog& events, OpenStreams& streams,
                           QuotaPlace place, bool with_callers,
                           const control::v1::WatchEventsRequest& request)
    : MessageStream(std::move(place)),
      context_(context),
      events_(events),
      streams_(streams),
      with_callers_(with_callers),
      kinds_(request.kinds().begin(), request.kinds().end()) {
  if (!streams_.add(*this)) return;
  const std::uint64_t after =
      request.has_after_sequence() ? request.after_sequence() : std::numeric_limits<std::uint64_t>::max();
  subscription_ = events_.subscribe(after, [this](const EventPtr& event) { take(event); });
  if (request.follow()) return;
  events_.unsubscribe(subscription_);
  {
    const std::lock_guard guard(lock());
    replay_is_whole_ = true;
  }
  send_next();
}

void EventWatcher::take(const EventPtr& event) {
  if (!kinds_.empty() && !kinds_.contains(event_kind(event->kind))) return;
  bool falls_behind = false;
  {
    const std::lock_guard guard(lock());
    if (too_slow_) return;
    falls_behind = queue_.size() >= limits::kEventBacklog;
    too_slow_ = falls_behind;
    if (falls_behind) {
      queue_.clear();
    } else {
      queue_.push_back(event);
    }
  }
  if (falls_behind) {
    give_up();
  } else {
    send_next();
  }
}

// The message on its way would wait for the client to read. Unlike TryCancel() this tells it why.
void EventWatcher::give_up() {
  const char* const why = "the client reads too slowly: events would be lost";
  end({ErrorCode::kResourceExhausted, why, "", ""});
  ::grpc_call_cancel_with_status(context_.c_call(), GRPC_STATUS_RESOURCE_EXHAUSTED, why, nullptr);
}

void EventWatcher::send_next() {
  bool ends = false;
  pump([&](control::v1::WatchEventsResponse& response) {
    ends = queue_.empty() && replay_is_whole_;
    if (queue_.empty()) return false;
    write_event(*queue_.front(), with_callers_, *response.mutable_event());
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
