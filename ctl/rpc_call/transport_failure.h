#pragma once

#include <string>
#include <string_view>

#include "rpc_call/call_failure.h"
#include "rpc_call/target.h"

namespace demo::ctl {

// The end of a sentence about a change that was sent and not answered; nothing for a read.
std::string_view doubt_about_change(Access access);

// Whether the connection broke under the call, which gRPC does not always call unavailable.
bool is_broken(const CallStatus& status);

// One sentence about a call that ended without an answer of the daemon's own: what happened, at which target,
// and what to do where that is known. gRPC's words are quoted where they say more. Preconditions:
// !status.ok(), no details, and no door is told.
std::string transport_sentence(const CallStatus& status, const Target& target, Access access);

}  // namespace demo::ctl
