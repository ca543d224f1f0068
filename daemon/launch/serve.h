#pragma once

#include "launch/launch.h"

namespace demo {

// Runs the daemon to its end. way_back: borrowed; null: there is none. The exit status.
int serve(Launch launch, Fallback* way_back);

// Ends a start that cannot be: by the way back where there is one, else with a complaint and the status.
int refuse(const Error& error, int status, Fallback* way_back);

}  // namespace demo
