#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace demo {

enum class EventKind : std::uint8_t {
  kWorkerStarted,
  kWorkerReady,
  kWorkerDied,
  kWorkerDraining,
  kBackendUp,
  kBackendDown,
  kBackendEjected,
  kBackendFailing,
  kBackendDrained,
  kConfigChanged,
  kWarning,
};
std::string_view to_string(EventKind kind);

// Something that happened, as an operator wants to read it.
struct Event {
  std::uint64_t sequence = 0;  // from 1, without gaps
  std::chrono::system_clock::time_point at;
  EventKind kind = EventKind::kWarning;
  std::string subject;  // "worker 2", "default/10.0.0.3:80", "config"
  std::string message;  // one sentence
  std::string caller;   // who, for kConfigChanged
  std::uint64_t generation = 0;
};

// The last limits::kEventsKept events and those who listen. Thread-safe; owned by the supervisor.
class EventLog {
 public:
  using Listener = std::function<void(const Event&)>;
  using SubscriptionId = std::uint64_t;

  // Numbers and dates the event, makes its texts printable, keeps it, tells the subscribers on this thread.
  void publish(Event event);

  // Replays what is kept from sequence `after` + 1 on, then tells every later event; no gap, no repeat
  // between. The listener runs under the log's lock: it must be quick and must not call back into the log.
  SubscriptionId subscribe(std::uint64_t after, Listener listener);
  // After it returns the listener is not called again.
  void unsubscribe(SubscriptionId id);

 private:
  std::mutex mutex_;
  std::deque<Event> kept_;
  std::map<SubscriptionId, Listener> listeners_;
  std::uint64_t last_sequence_ = 0;
  SubscriptionId last_id_ = 0;
};

}  // namespace demo
