#include "supervisor/start/worker_user.h"

#include <linux/capability.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace demo {
namespace {

// To give workers to another user, and then to end them and to move them to other cores. A container may have
// taken any of these from its root.
bool may_have_workers_of_others() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> held{};
  if (::syscall(SYS_capget, &header, held.data()) != 0) return false;
  for (const unsigned needed : {CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_SYS_NICE}) {
    if ((held[CAP_TO_INDEX(needed)].effective & CAP_TO_MASK(needed)) == 0) return false;
  }
  return true;
}

std::optional<WorkerUser> user_of(const char* name) {
  const passwd* const entry = ::getpwnam(name);
  if (entry == nullptr) return std::nullopt;
  return WorkerUser{entry->pw_uid, entry->pw_gid};
}

}  // namespace

Result<std::optional<WorkerUser>> worker_user(const std::string& name) {
  if (name.empty()) {
    if (::geteuid() != 0 || !may_have_workers_of_others()) return std::optional<WorkerUser>();
    const auto own = user_of("demo-server");
    return own ? own : user_of("nobody");
  }
  const auto user = user_of(name.c_str());
  if (!user) return invalid("--worker-user", name, "--worker-user: \"" + name + "\": there is no such user");
  if (user->uid == ::geteuid()) return std::optional<WorkerUser>();
  if (!may_have_workers_of_others()) {
    return invalid("--worker-user", name,
                   "--worker-user: only root with CAP_SETUID, CAP_SETGID, CAP_KILL and CAP_SYS_NICE may give "
                   "workers to another user");
  }
  return user;
}

}  // namespace demo
