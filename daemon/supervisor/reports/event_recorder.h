#pragma once

#include <cstdint>
#include <string>

#include "base/log.h"
#include "supervisor/api/event_log.h"
#include "supervisor/reports/systemd_journal.h"

namespace demo {

// Tells what happens: in the log, or into the journal with fields, and to those who watch the events. Runs on
// the supervisor's loop.
class EventRecorder {
 public:
  // journal: whether log lines go there. Both references are borrowed; generation: what runs.
  EventRecorder(EventLog& events, bool journal, const std::uint64_t& generation)
      : events_(events), journal_(journal), generation_(generation) {}

  void announce(EventKind kind, LogLevel level, const std::string& subject, const std::string& message);
  // The same of what a caller did.
  void record(EventKind kind, const std::string& subject, JournalEntry entry);

 private:
  void publish(EventKind kind, const std::string& subject, const std::string& message,
               const std::string& caller);

  EventLog& events_;
  const bool journal_;
  const std::uint64_t& generation_;
};

}  // namespace demo
