#pragma once

#include "base/confinement.h"

namespace demo {

// Keeps this process from all files that it has not open, from accepting on further TCP ports, and from
// signals and abstract sockets beyond itself, as far as the kernel has Landlock for it: files from 5.13 on,
// the ports from 6.7, the last from 6.12. A kernel without Landlock is no problem. Precondition: no new
// privileges. Other threads go on as they are.
void forbid_files(Confinement& confinement);

}  // namespace demo
