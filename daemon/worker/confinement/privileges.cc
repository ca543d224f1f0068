#include "worker/confinement/privileges.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/result.h"
#include "worker/confinement/sanitized.h"

namespace demo {
namespace {

// Of no capability, whatever the user: a program executed as root would have them again, which the bounding
// set and the secure bits are for. Both may be changed with CAP_SETPCAP alone; who lacks it has been given
// little, and is kept from new privileges in any case.
void leave_bounding_set() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  ::prctl(
      PR_SET_SECUREBITS,
      SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
      0, 0, 0);
}

bool become(uid_t uid, gid_t gid) {
  return ::setgroups(0, nullptr) == 0 && ::setresgid(gid, gid, gid) == 0 && ::setresuid(uid, uid, uid) == 0;
}

// A service manager may have forbidden capset(2), and may be right: it is of use only where there are some.
bool drop_capabilities() {
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capset, &header, sets.data()) == 0) return true;
  const int error = errno;
  const bool known = ::syscall(SYS_capget, &header, sets.data()) == 0;
  errno = error;
  return known && std::ranges::all_of(sets, [](const auto& set) { return set.permitted == 0; });
}

bool forbid_dumps() {
  const rlimit none{};
  return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && ::setrlimit(RLIMIT_CORE, &none) == 0;
}

}  // namespace

void drop_privileges(Confinement& confinement, std::optional<uid_t> uid, gid_t gid) {
  const auto holds = [&](bool done, const char* what) {
    if (!done) confinement.problems.push_back(fmt::format("{}: {}", what, errno_text(errno)));
    return done;
  };
  leave_bounding_set();
  if (!is_instrumented() && uid) holds(become(*uid, gid), "the user cannot be changed");
  confinement.no_capabilities = holds(drop_capabilities(), "capabilities cannot be given up");
  confinement.no_new_privileges =
      holds(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "new privileges cannot be ruled out");
  confinement.no_dumps = !is_instrumented() && holds(forbid_dumps(), "memory dumps cannot be ruled out");
  confinement.uid = ::geteuid();
}

}  // namespace demo
