#include "supervisor/reports/event_recorder.h"

#include <utility>

namespace demo {

void EventRecorder::announce(EventKind kind, LogLevel level, const std::string& subject,
                             const std::string& message) {
  record(kind, subject, {level, message, {}, generation_, {}, {}});
}

void EventRecorder::record(EventKind kind, const std::string& subject, JournalEntry entry) {
  const std::string what = std::exchange(entry.message, subject + " " + entry.message);
  entry.event = to_string(kind);
  // Who changed what stands there whatever level is logged.
  const bool wanted = !entry.change.empty() || entry.level <= log_level();
  const bool written = journal_ && wanted && write_to_journal(entry);
  if (!written) log(entry.level, "{}", entry.message);
  publish(kind, subject, what, entry.caller.name);
}

void EventRecorder::publish(EventKind kind, const std::string& subject, const std::string& message,
                            const std::string& caller) {
  Event event;
  event.kind = kind;
  event.subject = subject;
  event.message = message;
  event.caller = caller;
  event.generation = generation_;
  events_.publish(std::move(event));
}

}  // namespace demo
