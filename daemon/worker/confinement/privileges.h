#pragma once

#include <sys/types.h>

#include <optional>

#include "base/confinement.h"

namespace demo {

// Gives up what this process may do beyond others: becomes the user and the group if they are given, and
// gives up all other groups then, all capabilities for good, what set-user-ID programs would give it, and
// that its memory is seen by others of its user or in a core file. Call before threads start, and before
// PR_SET_PDEATHSIG, which another user loses. What is refused is a problem, and the rest is done.
void drop_privileges(Confinement& confinement, std::optional<uid_t> uid, gid_t gid);

}  // namespace demo
