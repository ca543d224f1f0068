#pragma once

#include <cstdint>
#include <string>

#include "base/log.h"
#include "supervisor/supervisor_api.h"

namespace demo {

// Writes a change into the journal with fields of its own, sd_journal_send(3): DEMO_CHANGE, DEMO_GENERATION,
// DEMO_CALLER and what the kernel said of the caller in DEMO_CALLER_UID, _GID and _PID. False when there is
// no journal; the caller logs the message then.
bool journal_change(LogLevel level, const std::string& message, const std::string& change,
                    std::uint64_t generation, const Caller& caller);

}  // namespace demo
