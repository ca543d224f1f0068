#include "supervisor/api/event_log.h"

#include <fmt/format.h>

#include "base/counted.h"
#include "base/limits.h"
#include "base/printable.h"
#include "base/utf8.h"

namespace demo {
namespace {

std::string cut(std::string text) {
  const std::size_t end = whole_characters(text, EventLog::kTextBytes);
  if (end == text.size()) return text;
  const std::size_t more = text.size() - end;
  text.resize(end);
  return text + fmt::format("... and {} more", counted(more, "byte"));
}

}  // namespace

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::kWorkerStarted:
      return "worker-started";
    case EventKind::kWorkerReady:
      return "worker-ready";
    case EventKind::kWorkerDied:
      return "worker-died";
    case EventKind::kWorkerExited:
      return "worker-exited";
    case EventKind::kWorkerDraining:
      return "worker-draining";
    case EventKind::kBackendUp:
      return "backend-up";
    case EventKind::kBackendDown:
      return "backend-down";
    case EventKind::kBackendEjected:
      return "backend-ejected";
    case EventKind::kBackendFailing:
      return "backend-failing";
    case EventKind::kBackendDraining:
      return "backend-draining";
    case EventKind::kBackendDrained:
      return "backend-drained";
    case EventKind::kConfigChanged:
      return "config-changed";
    case EventKind::kWarning:
      return "warning";
  }
  return "unknown";
}

EventKind event_kind(std::string_view word) {
  for (auto kind = EventKind::kWorkerStarted; kind < EventKind::kWarning;
       kind = static_cast<EventKind>(static_cast<int>(kind) + 1)) {
    if (to_string(kind) == word) return kind;
  }
  return EventKind::kWarning;
}

std::uint64_t EventLog::number_of_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

void EventLog::publish(Event event) {
  for (std::string* text : {&event.subject, &event.message, &event.caller}) *text = cut(printable(*text));
  const std::lock_guard lock(mutex_);
  event.sequence = ++last_sequence_;
  event.at = std::chrono::system_clock::now();
  kept_.push_back(std::make_shared<const Event>(std::move(event)));
  if (kept_.size() > limits::kEventsKept) kept_.pop_front();
  for (const auto& [id, listener] : listeners_) listener(kept_.back());
}

std::vector<EventPtr> EventLog::kept() const {
  const std::lock_guard lock(mutex_);
  return {kept_.begin(), kept_.end()};
}

std::uint64_t EventLog::last() const {
  const std::lock_guard lock(mutex_);
  return last_sequence_;
}

void EventLog::restore(const std::vector<Event>& kept, std::uint64_t last) {
  const std::lock_guard lock(mutex_);
  for (const Event& event : kept) kept_.push_back(std::make_shared<const Event>(event));
  while (kept_.size() > limits::kEventsKept) kept_.pop_front();
  last_sequence_ = last;
}

EventLog::SubscriptionId EventLog::subscribe(std::uint64_t after, Listener listener) {
  const std::lock_guard lock(mutex_);
  if (after > last_sequence_ && after != kNothingKept) after = 0;
  for (const EventPtr& event : kept_) {
    if (event->sequence > after) listener(event);
  }
  listeners_.emplace(++last_id_, std::move(listener));
  return last_id_;
}

void EventLog::unsubscribe(SubscriptionId id) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(id);
}

}  // namespace demo
