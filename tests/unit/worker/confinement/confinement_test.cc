#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "worker/confinement/files.h"
#include "worker/confinement/privileges.h"
#include "worker/confinement/system_calls.h"

// Each in a process of its own, since nothing of it can be taken back: it ends with status 0 where all holds.
#ifndef DEMO_SANITIZED
namespace demo {
namespace {

Confinement without_privileges() {
  Confinement confinement;
  drop_privileges(confinement, std::nullopt, 0);
  return confinement;
}

[[noreturn]] void end_with(bool holds) { ::_exit(holds ? 0 : 1); }

[[noreturn]] void look_at_privileges() {
  const Confinement confinement = without_privileges();
  rlimit core{};
  ::getrlimit(RLIMIT_CORE, &core);
  end_with(confinement.no_capabilities && confinement.no_new_privileges && confinement.no_dumps &&
           confinement.problems.empty() && confinement.uid == ::geteuid() &&
           ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           core.rlim_max == 0);
}

[[noreturn]] void become_nobody() {
  constexpr uid_t kNobody = 65534;
  const bool may = ::geteuid() == 0;
  Confinement confinement;
  drop_privileges(confinement, kNobody, kNobody);
  const bool became =
      ::getuid() == kNobody && ::getegid() == kNobody && ::getgroups(0, nullptr) == 0 && ::setuid(0) != 0;
  end_with(may ? became && confinement.problems.empty() : !confinement.problems.empty());
}

// What is open stays so, and memory files are none.
[[noreturn]] void look_for_files() {
  const int before = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  Confinement confinement = without_privileges();
  forbid_files(confinement);
  const bool opens = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0;
  const bool forbidden = !opens && errno == EACCES;
  const int memory = ::memfd_create("test", MFD_CLOEXEC);
  end_with(confinement.problems.empty() && (confinement.landlock_abi > 0 ? forbidden : opens) &&
           ::fcntl(before, F_GETFD) >= 0 && ::ftruncate(memory, 4096) == 0);
}

[[noreturn]] void make_a_thread() {
  Confinement confinement = without_privileges();
  filter_system_calls(confinement);
  bool ran = false;
  std::thread([&] { ran = ::socket(AF_NETLINK, SOCK_RAW, 0) < 0 && errno == EPERM; }).join();
  end_with(confinement.system_calls_filtered && ran);
}

[[noreturn]] void end_by_own_signal() {
  Confinement confinement = without_privileges();
  filter_system_calls(confinement);
  ::raise(SIGTERM);
  end_with(false);
}

// Where others stopped it before: an error, and all goes on.
[[noreturn]] void filter_where_filters_are_refused() {
  Confinement confinement = without_privileges();
  filter_system_calls(confinement);
  Confinement again;
  filter_system_calls(again);
  forbid_files(again);
  end_with(!again.system_calls_filtered && again.landlock_abi == 0 && again.problems.size() == 2);
}

TEST(Confinement, GivesUpPrivileges) { EXPECT_EXIT(look_at_privileges(), testing::ExitedWithCode(0), ""); }

TEST(Confinement, BecomesAnotherUserForGood) { EXPECT_EXIT(become_nobody(), testing::ExitedWithCode(0), ""); }

TEST(Confinement, KeepsFromFilesAsFarAsTheKernelCan) {
  EXPECT_EXIT(look_for_files(), testing::ExitedWithCode(0), "");
}

TEST(Confinement, LeavesThreadsToTheProcessAndFiltersTheirsToo) {
  EXPECT_EXIT(make_a_thread(), testing::ExitedWithCode(0), "");
}

TEST(Confinement, LetsItEndItself) { EXPECT_EXIT(end_by_own_signal(), testing::KilledBySignal(SIGTERM), ""); }

TEST(Confinement, TellsWhatIsRefused) {
  EXPECT_EXIT(filter_where_filters_are_refused(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace demo
#endif
