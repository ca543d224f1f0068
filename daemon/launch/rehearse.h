#pragma once

#include "launch/launch.h"

namespace demo {

// What a start does short of serving, for the version that runs and passed on what it has: nothing of that is
// changed. Says on standard output what it is, and the words of supervisor/upgrade/rehearsal.h; what is wrong
// is the last line on standard error. The exit status.
int rehearse(Launch launch);

}  // namespace demo
