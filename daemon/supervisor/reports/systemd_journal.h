#pragma once

#include <cstdint>
#include <string>

#include "base/log.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// Something that happened; of what a caller of the API did also who asked for what.
struct JournalEntry {
  LogLevel level = LogLevel::kNotice;
  std::string message;
  std::string change;  // what was asked for; empty: nobody asked
  std::uint64_t generation = 0;
  Caller caller;
  std::string event = {};  // what kind of thing, as `democtl events` names it
};

// Where journald reads entries with fields, systemd's JOURNAL_NATIVE_PROTOCOL.
inline constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

// Writes the entry into the journal with fields of its own: DEMO_EVENT, DEMO_GENERATION and, of a change,
// DEMO_CHANGE, DEMO_CALLER and what the kernel said of the caller in DEMO_CALLER_UID, _GID and _PID. Never
// waits: sd_journal_sendv(3)
// would, for as long as journald does not read, and with it the supervisor's loop. False when the journal
// does not take it (none there, its queue full, the entry too large for a datagram); the caller logs the
// message then.
bool write_to_journal(const JournalEntry& entry, const std::string& socket_path = kJournalSocket);

}  // namespace demo
