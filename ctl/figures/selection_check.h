#pragma once

#include "demo/control/v1/stats.pb.h"
#include "invocation/api.h"
#include "invocation/invocation.h"

namespace demo::ctl {

// Throws a usage Failure for a worker, listener or pool that is selected and does not exist: a filter that
// matches nothing is a mistake. Asks the daemon for what is selected by name alone. A listener that was asked
// for with port 0 is selected by the port that it has.
void check_selection(Invocation& invocation, api::StatsSelection& selection);

}  // namespace demo::ctl
