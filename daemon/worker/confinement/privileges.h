#pragma once

#include "base/confinement.h"

namespace demo {

// Gives up what this process may do beyond others: all capabilities for good, what set-user-ID programs
// would give it, and that its memory is seen by others of its user or in a core file. Call before threads
// start. What is refused is a problem, and the rest is done.
void drop_privileges(Confinement& confinement);

}  // namespace demo
