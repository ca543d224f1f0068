#include "supervisor/workers/ambient_pause.h"

#include <linux/capability.h>
#include <sys/prctl.h>

namespace demo {

AmbientPause::AmbientPause() {
  for (unsigned long capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) == 1)
      held_ |= std::uint64_t{1} << capability;
  }
  if (held_ != 0) ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

AmbientPause::~AmbientPause() {
  for (unsigned long capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    if ((held_ >> capability & 1) != 0) ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
  }
}

}  // namespace demo
