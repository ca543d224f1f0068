#pragma once

#include "base/confinement.h"

namespace demo {

// From now on every thread of this process may make the system calls that serving takes and no others: to
// execute a program or to reach into another process ends it (SIGSYS), anything else fails with EPERM.
// Precondition: no new privileges. What a sanitizer needs is not told apart: under one, nothing is done.
void filter_system_calls(Confinement& confinement);

}  // namespace demo
