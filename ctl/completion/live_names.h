#pragma once

#include "completion/completion.h"
#include "session/session.h"

namespace demo::ctl {

// Asks the daemon, briefly; names nothing when it does not answer. The session is borrowed by the result.
LiveNames live_names(Session& session);

}  // namespace demo::ctl
