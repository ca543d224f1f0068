#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/api/drain_progress.h"

namespace demo {

enum class EventKind : std::uint8_t {
  kWorkerStarted,
  kWorkerReady,
  kWorkerDied,
  kWorkerExited,
  kWorkerDraining,
  kBackendUp,
  kBackendDown,
  kBackendEjected,
  kBackendFailing,
  kBackendDraining,
  kBackendDrained,
  kConfigChanged,
  kWarning,
};
std::string_view to_string(EventKind kind);
// kWarning for a word that is none.
EventKind event_kind(std::string_view word);

// Something that happened, as an operator wants to read it.
struct Event {
  std::uint64_t sequence = 0;  // without gaps, above those of daemons that ran before
  std::chrono::system_clock::time_point at;
  EventKind kind = EventKind::kWarning;
  std::string subject;  // "worker 2", "default/10.0.0.3:80", "config"
  std::string message;  // one sentence
  std::string caller;   // who, for kConfigChanged
  std::uint64_t generation = 0;
  std::optional<DrainProgress> drain;  // of a backend, as it was then
};

// One event for all who keep it.
using EventPtr = std::shared_ptr<const Event>;

// The last limits::kEventsKept events and those who listen. Thread-safe; owned by the supervisor.
class EventLog {
 public:
  using Listener = std::function<void(const EventPtr&)>;
  using SubscriptionId = std::uint64_t;

  // So the events that are kept, or wait for watchers, take 6 KiB each at most, however many watch.
  static constexpr std::size_t kTextBytes = 2048;

  // What subscribe() takes for: nothing that is kept.
  static constexpr std::uint64_t kNothingKept = std::numeric_limits<std::uint64_t>::max();

  // The first event has the number last + 1.
  explicit EventLog(std::uint64_t last = 0) : last_sequence_(last) {}
  // For a log that begins now: microseconds since 1970. No log has that many events, so the numbers of a
  // later one are higher, as long as the clock is not set back.
  static std::uint64_t number_of_now();

  // Numbers and dates the event, makes its texts printable, keeps it, tells the subscribers on this thread.
  // Of a text longer than kTextBytes the end is cut, and said how much that is.
  void publish(Event event);

  // For the log of the program that goes on in this one's place: what is kept, oldest first, and the number
  // of the last event.
  std::vector<EventPtr> kept() const;
  std::uint64_t last() const;
  // Goes on with such a log, before anything is published or subscribed.
  void restore(const std::vector<Event>& kept, std::uint64_t last);

  // Replays what is kept from sequence `after` + 1 on, then tells every later event; no gap, no repeat
  // between. A number that no event has had yet is of another log (the clock was set back): everything that
  // is kept follows. The listener runs under the log's lock: it must be quick and must not call back into the
  // log.
  SubscriptionId subscribe(std::uint64_t after, Listener listener);
  // After it returns the listener is not called again.
  void unsubscribe(SubscriptionId id);

 private:
  mutable std::mutex mutex_;
  std::deque<EventPtr> kept_;
  std::map<SubscriptionId, Listener> listeners_;
  std::uint64_t last_sequence_;
  SubscriptionId last_id_ = 0;
};

}  // namespace demo
